"""Sentences about a facility: where a fact comes from, and what happened to it."""

from datetime import date

from services.directory.badges import Badge
from services.directory.files import OWN_LIST
from services.directory.place_story import PlaceEvent
from services.directory.sheets import Licence
from web.console.speech import words
from web.house import house

SAMHSA, OWN = "samhsa", "own"


def badge_in_words(badge: Badge) -> str:
    """ "On SAMHSA's list, read 20 Nov 2026"; never "verified" (the badge says when a person checked)."""
    t = words()
    day = t.day_of(badge.read_at)
    if badge.publisher == SAMHSA:
        return t("badge.samhsa", day=day)
    return t("badge.own", day=day) if badge.publisher == OWN else t("badge.other", source=badge.source, day=day)


def source_in_words(badge: Badge) -> str:
    """The list and the edition that a fact stands in."""
    t = words()
    source = t("badge.own_list") if badge.publisher == OWN else badge.source
    if not badge.edition:
        return t("badge.fact_read", source=source, day=t.day_of(badge.read_at))
    return t("badge.fact", source=source, edition=badge.edition)


def licence_in_words(licence: Licence, today: date) -> str:
    """The state's licence: its number, until when, for how many people, and who says so of which day."""
    t = words()
    said = [t("licence.number", number=licence.number)]
    if licence.expires:
        said.append(t("licence.expired" if licence.expired(today) else "licence.until", day=t.day_of(licence.expires)))
    if licence.capacity:
        said.append(t("licence.capacity", count=licence.capacity))
    return " · ".join([*said, licence.source])


def event_in_words(event: PlaceEvent) -> str:
    """What happened, as one sentence."""
    t = words()
    values = dict(event.data)
    if "level" in values:
        values["level"] = t.of("bed_level", values["level"])
    if "how" in values:
        values["how"] = t.of("bed_how", values["how"])
    if "why" in values:
        values["why"] = t.of("why", values["why"])
    if values.get("source") == OWN_LIST:
        values["source"] = t("badge.own_list")
    for name in ("old", "new", "value"):
        if not values.get(name, True):
            values[name] = t("place.blank")
    return t.with_gaps(f"place_event.{event.kind}", {**values, "field": t.of("place_field", event.field)})


def service_name(code: str) -> str:
    """A service in the reader's words, else as the list of services names it."""
    t = words()
    return t(f"code.{code}") if t.has(f"code.{code}") else house().service_codes.name(code)
