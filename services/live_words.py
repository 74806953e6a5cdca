"""Keeps words, plans and settings of one process as admins have them now: one small query a second."""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from models.edited_words import edited_phrases, edited_plans, words_version
from routing import plan_edits
from routing.follow_up import Plan
from routing.phrase_rules import problems
from routing.phrases import Words
from services import held_rules
from services.degraded import snapshot
from services.house import House

LOOKS_EVERY_SECONDS = 1.0
_ONE_LOOK = threading.Lock()  # an older answer must not be laid over a newer one
log = logging.getLogger(__name__)


def keep(house: House) -> None:
    """Look for changes until the process ends; run in a thread of its own."""
    begin(house)
    while True:
        time.sleep(LOOKS_EVERY_SECONDS)
        _look_again(house)


def begin(house: House) -> None:
    """The words as they are now; with the database gone those that this host knew last. Never raises."""
    if not _look_again(house) and house.local is not None:
        try:
            changed, rules = snapshot.changed_words(house.local)
            lay(house, changed)
            held_rules.lay(house, rules)
        except (OSError, ValueError):
            log.exception("snapshot_not_read")


def _look_again(house: House) -> bool:
    try:
        look(house)
    except Exception as error:  # whatever fails, the next look tries again, and the words stay as they were
        log.debug("words_not_read", extra={"error": type(error).__name__})
        return False
    return True


def look(house: House) -> None:
    """Read what was changed, if anything was since the last look."""
    with _ONE_LOOK:
        with house.db.begin() as session:
            version = words_version(session)
            if version == house.phrases.version:
                return
            changed, plans = edited_phrases(session), edited_plans(session)
            rules = held_rules.rules_held(session)
        lay(house, changed)
        lay_plans(house, plans)
        held_rules.lay(house, rules)
        house.phrases.version = version


def lay(house: House, changed: Words) -> None:
    """Say these words from now on. What a newer release does not let pass any more is said as it ships it."""
    shipped = house.phrases.shipped
    fitting = {
        key: words for key, words in changed.items() if key in shipped and not problems(key, shipped[key], words)
    }
    if len(fitting) < len(changed):
        log.warning("changed_phrases_left_out", extra={"count": len(changed) - len(fitting)})
    house.phrases.change(fitting)
    if house.match_desk is not None:
        house.match_desk.phrases = {**house.match_desk.phrases, **house.phrases.table}


def lay_plans(house: House, edits: Mapping[str, tuple[int, dict[str, Any]]]) -> None:
    """Go by these edits from now on; what is laid for people already stays. One that no longer fits is left out."""
    changed: dict[str, Plan] = {}
    for plan in house.plans.shipped:
        if plan.id not in edits:
            continue
        version, data = edits[plan.id]
        edit = plan_edits.fitting(plan, data)
        if edit is None or plan_edits.problems(plan, edit, house.phrases.shipped):
            log.warning("changed_plan_left_out", extra={"plan": plan.id})
        else:
            changed[plan.id] = plan_edits.applied(plan, edit, version)
    house.plans.change(changed)
