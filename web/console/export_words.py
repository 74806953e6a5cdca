"""A person's own record as they read it: words for code words, times on their own clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from web.words import Words

TIMES = frozenset({"made_at", "first_known", "texts_stopped_at", "at", "ended_at", "due", "until"})
TIMES |= {"prepared_at", "signed_at", "expires_at", "revoked_at"}
# Which family of words says a value: by what it is part of and its name, or by its name alone
FAMILIES = {
    ("follow_ups", "kind"): "follow_up",
    ("follow_ups", "status"): "follow_up_status",
    ("referrals", "status"): "referral",
    ("disclosures", "basis"): "basis",
    "channel": "channel",
    "language": "language",
    "disposition": "disposition",
}
LEFT_OUT = frozenset({"id"})


def readable(value: Any, t: Words, key: str = "", of: str = "") -> Any:
    """The same shape with words in it; what is empty is left out. `key` is its name, `of` what it is part of."""
    if isinstance(value, Mapping):
        parts = {name: one for name, one in value.items() if one not in (None, [], {}, "") and name not in LEFT_OUT}
        return {name: readable(one, t, name, key) for name, one in parts.items()}
    if isinstance(value, list):
        return [readable(one, t, of if isinstance(one, list) else key, of) for one in value]
    if isinstance(value, bool):
        return t("answers.yes" if value else "answers.no")
    if not isinstance(value, str):
        return value
    if key in TIMES:
        return t.full(datetime.fromisoformat(value))
    if (of, key) == ("what_happened", "kind"):
        told = f"event.{value}"
        return t.with_gaps(told, {"who": t("event.somebody")}) if t.has(told) else t.of("event", value)
    family = FAMILIES.get((of, key)) or FAMILIES.get(key)
    return t.of(family, value) if family else value
