"""What the match must know of substances, red flags and payers, handed in as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.codes import mask


@dataclass(frozen=True)
class MatchSubstance:
    """One substance: class, withdrawal tier, SAMHSA detox codes, and its name by language."""

    id: str
    kind: str  # "class" in the data: benzodiazepine, opioid, ...
    tier: str
    detox_codes: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """The name to say on the phone."""
        return self.names.get(language) or self.names.get("en") or self.id.replace("_", " ")


@dataclass(frozen=True)
class MatchPayer:
    """A way to pay: `word` is the bit word of the codes of which any one means that it is accepted (R12)."""

    key: str
    word: int


@dataclass(frozen=True)
class Catalog:
    """Substances and payers by id, and the action of every red flag."""

    substances: Mapping[str, MatchSubstance]
    payers: Mapping[str, MatchPayer]
    flag_actions: Mapping[str, str]

    @classmethod
    def build(
        cls,
        substances: Mapping[str, MatchSubstance],
        payer_codes: Mapping[str, tuple[str, ...]],
        flag_actions: Mapping[str, str],
    ) -> "Catalog":
        """Compile; KeyError when a substance or payer names a code that no rule knows."""
        for substance in substances.values():
            mask(*substance.detox_codes)
        # VAF does not occur in the SU editions of the directory, so a VA medical centre counts as well (R12)
        extra = {"va": ("VAMC",)}
        payers = {key: MatchPayer(key, mask(*codes, *extra.get(key, ()))) for key, codes in payer_codes.items()}
        return cls(dict(substances), payers, dict(flag_actions))
