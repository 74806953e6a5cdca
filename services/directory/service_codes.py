"""SAMHSA's service codes by code, by the name people read, and by the column of its exports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from routing.identity import fold


@dataclass(frozen=True)
class ServiceCode:
    """One code: `names` are today's and older ones; columns by edition of the export."""

    code: str
    category: str
    names: tuple[str, ...]
    columns_2025: tuple[str, ...]
    columns_2026: tuple[str, ...]


@dataclass(frozen=True)
class ServiceCodes:
    """All codes; labels are found whatever their case and punctuation, first inside their category."""

    by_code: Mapping[str, ServiceCode]
    by_category: Mapping[tuple[str, str], str]
    by_name: Mapping[str, str]

    @classmethod
    def build(cls, entries: Iterable[Mapping[str, str]]) -> "ServiceCodes":
        """From the plain values of `config.service_codes`."""
        codes = [
            ServiceCode(
                entry["code"],
                entry["category"],
                (entry["name"], *_parts(entry["older_names"])),
                _parts(entry["column_2025"]),
                _parts(entry["column_2026"]),
            )
            for entry in entries
        ]
        named = [(code.category, fold(name), code.code) for code in codes for name in code.names]
        by_name: dict[str, str] = {}
        for _, name, code in named:
            by_name.setdefault(name, code)
        return cls(
            {code.code: code for code in codes},
            {(category, name): code for category, name, code in named},
            by_name,
        )

    def find(self, category: str, label: str) -> str | None:
        """The code behind a label that people read; None when nobody knows it."""
        name = fold(label)
        return self.by_category.get((category, name)) or self.by_name.get(name)

    def columns(self, year: int) -> dict[str, str]:
        """Column -> code of the export of 2025 or 2026. `mi` and `ssa` mean other things in the two."""
        found: dict[str, str] = {}
        for code in self.by_code.values():
            names = code.columns_2025 if year == 2025 else code.columns_2026
            found |= dict.fromkeys(names, code.code)
        return found

    def name(self, code: str) -> str:
        """What people read for a code; the code itself when it is unknown."""
        known = self.by_code.get(code)
        return known.names[0] if known is not None else code


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
