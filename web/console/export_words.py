"""A person's own record as they read it: words for code words, times on their own clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.contact_answers import substance_names
from web.house import house
from web.words import LANGUAGES, Words

TIMES = frozenset({"made_at", "first_known", "texts_stopped_at", "at", "ended_at", "due", "until"})
TIMES |= {"prepared_at", "signed_at", "expires_at", "revoked_at"}
# Which family of words says a value: by what it is part of and its name, or by its name alone
FAMILIES = {
    ("follow_ups", "kind"): "follow_up",
    ("follow_ups", "status"): "follow_up_status",
    ("referrals", "status"): "referral",
    ("disclosures", "basis"): "basis",
    ("allowed_and_forbidden", "what"): "consent_kind",
    ("allowed_and_forbidden", "how"): "consent_how",
    ("block", "why"): "block_reason",
    "channel": "channel",
    "language": "language",
    "disposition": "disposition",
    "timezone": "zone",
}
# What was told: which family says an answer whose own name says it not
ANSWERS = {
    **{"on_moud": "substance_kept", "counselor_wish": "gender", "use": "use", "conditions": "conditions"},
    **dict.fromkeys(("flags", "doubted", "addressed", "not_so", "risk_flags", "flags_addressed"), "flag"),
}
LEFT_OUT = frozenset({"id", "by", "asked"})  # `by` is a colleague's id, `asked` which question was put


def readable(value: Any, t: Words, key: str = "", of: str = "") -> Any:
    """The same shape with words in it; what is empty is left out. `key` is its name, `of` what it is part of."""
    if key == "known" or (of, key) == ("places_shown", "need"):
        return _answers(value, t)
    if isinstance(value, Mapping):
        if set(value) == set(LANGUAGES):
            return value[t.language]
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
    if key == "facts":
        return house().phrases.table[f"fact.{value}"][t.language]
    if (of, key) == ("what_happened", "kind"):
        told = f"event.{value}"
        return t.with_gaps(told, {"who": t("event.somebody")}) if t.has(told) else t.of("event", value)
    family = FAMILIES.get((of, key)) or FAMILIES.get(key)
    return t.of(family, value) if family else value


def _answers(known: Mapping[str, Any] | None, t: Words) -> dict[str, Any]:
    """What was told, or looked for: each answer by its name with its values, and how it was told when that is kept."""
    told = {name: one for name, one in (known or {}).items() if one is not False and one not in (None, [], {}, "")}
    return {
        t.of("answer", name): [_answer(name, each, t) for each in (one if isinstance(one, list) else [one])]
        for name, one in told.items()
        if name not in LEFT_OUT
    }


def _answer(name: str, told: Any, t: Words) -> str:
    entry = told if isinstance(told, Mapping) else {"value": told}
    said = [_value(name, entry.get("value"), t), entry.get("words", "")]
    said += [", ".join(_value("substances", id_, t) for id_ in entry.get("choices", ()))]
    said += [t.of(family, entry[part]) if entry.get(part) else "" for part, family in _PARTS.items()]
    said += [t.full(datetime.fromisoformat(entry["at"])) if entry.get("at") else ""]
    return " · ".join(part for part in said if part)


_PARTS = {"done": "addressed", "question": "question", "source": "source"}  # of an entry, and the family that says it


def _value(name: str, value: Any, t: Words) -> str:
    if isinstance(value, bool):
        return t("answers.yes" if value else "answers.no")
    said = f"{ANSWERS.get(name, name)}.{value}"
    if t.has(said):
        return t(said)
    names = substance_names(house(), t.language) if name == "substances" else {}
    return names.get(value) or ("" if value is None else str(value))
