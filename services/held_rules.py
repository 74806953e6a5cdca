"""The few settings that the database may hold, laid over those of the environment; never a secret."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from models import line_setup
from models.crypto import is_readable
from services.house import House

NAME, ON_CALL, BACKUP = "organisation_name", "on_call_numbers", "backup_number"
CALLS_AT_ONCE = "calls_at_once"
HELD = (NAME, "funding_sentence_en", "funding_sentence_es", ON_CALL, BACKUP, CALLS_AT_ONCE)
LIVE = "live"
log = logging.getLogger(__name__)


def _read(name: str, value: Any) -> Any:
    if name == ON_CALL:
        return tuple(value.split(","))
    return int(value) if name == CALLS_AT_ONCE else value


def rules_held(session: Session) -> dict[str, Any]:
    """What the database says, by the names of `services.house.Rules`; about what nobody set it says nothing.

    Nor about what cannot be read: that is as the process was started, and all else holds.
    """
    held = {edit.name: edit.value for edit, _ in line_setup.settings_held(session) if edit.value is not None}
    values: dict[str, Any] = {name: value for name, value in held.items() if is_readable(value)}
    if lost := held.keys() - values.keys():
        log.error("settings_unreadable", extra={"settings": sorted(lost)})
    state, _ = line_setup.line_state(session)
    return values if state.live is None else {**values, LIVE: state.live}


def lay(house: House, values: Mapping[str, Any]) -> None:
    """Go by these values from now on, save where the environment sets one; whatever is missing is as it was started."""
    mine: dict[str, Any] = {
        name: _read(name, value)
        for name, value in values.items()
        if name == LIVE or (name in HELD and name not in house.set_outside)
    }
    house.held = dict(values)
    house.rules = replace(house.started_with, **mine)
