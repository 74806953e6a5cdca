"""Why a row of a file cannot be taken: a code with values; the web has the sentence in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SENTENCES = {
    "no_name": "it has no name",
    "no_city": "it has no city",
    "too_long": "{field} is longer than {most} characters",
    "html": "{field} holds HTML",
    "formula": "{field} holds a formula",
    "no_state": "{given} is no state or territory",
    "no_zip": "{given} is no ZIP code of five digits",
    "unknown_zip": "ZIP code {zip} does not exist",
    "no_service": "it names no service",
    "codes_too_long": "its service codes are longer than {most} characters",
    "no_code": "{given} is no service code",
    "unknown_codes": "none of its service codes is known",
    "invented": "it is an invented place, and real ones are in the directory",
    "outside": "it lies in {state}, outside the scope {scope}",
    "twice": "it is the same as line {line}",
    "there_already": "it stands there already, from “{source}”",
    "no_licence": "it has no licence number",
    "licence_twice": "licence number {number} stands there twice",
    "no_capacity": "capacity {given} is no whole number of beds",
    "no_kind": "{column} {given} is neither SU nor MH",
    "strange_cell": "column {column} holds neither 1 nor nothing",
    "no_facility": "typeFacility {given} is no facility",
    "unknown_exclusive": "whom it serves only is not known: '{label}'",
    "not_active": "its service is {status}",
    "no_location": "it stands at no location",
    "no_list": "its attributes do not say which list it comes from",
    "no_place": "its location is {given} and no place to go to",
}


@dataclass(frozen=True)
class Reason:
    """One reason; `str` gives the English sentence, for commands."""

    code: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return SENTENCES[self.code].format(
            **{name: "a blank" if value == "" else value for name, value in self.values.items()}
        )

    def plain(self) -> dict[str, Any]:
        """As it is stored with the row."""
        return {"code": self.code, **self.values}


def because(code: str, /, **values: object) -> Reason:
    """A reason with its values, cut to what a page can show. KeyError when told: no such code, which is a bug."""
    return Reason(code, {name: value if isinstance(value, int) else str(value)[:80] for name, value in values.items()})
