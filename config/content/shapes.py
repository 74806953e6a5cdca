"""The shape of every content file, as frozen values."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Tier = Literal[
    "life_threatening",
    "life_threatening_high_dose",
    "life_threatening_if_adulterated",
    "serious",
    "psychiatric_risk",
    "low_medical",
    "none",
]
Action = Literal[
    "911_now",
    "911_now_then_988",
    "988_warm_transfer",
    "urgent_same_day_medical",
    "medically_managed_24h",
    "medically_managed_24h_and_naloxone",
    "poison_control",
]
Cue = Literal["negation", "what_if", "learning", "past", "reason", "grief"]
Phrases = tuple[str, ...]


class Shape(BaseModel):
    """A frozen value; a key that nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TwoLanguages(Shape):
    """Words for people, in both languages of the line."""

    en: str = Field(min_length=1)
    es: str = Field(min_length=1)


class Substance(Shape):
    """One entry of the catalogue. `names` are all that decide by themselves; `ambiguous` ones only ask."""

    id: str
    name_es: str = ""  # where Spanish calls it otherwise than the first generic name
    substance_class: str = Field(alias="class")
    tier: Tier
    detox_codes: tuple[str, ...]
    monitored_detox: str
    generic: Phrases
    brand: Phrases = ()
    street: Phrases = ()
    spanish: Phrases = ()
    misheard: Phrases = ()
    ambiguous: Phrases = ()
    not_when: Phrases = ()
    sources: tuple[str, ...]

    @property
    def names(self) -> Phrases:
        """Every name and spelling that names this substance without a doubt."""
        return self.generic + self.brand + self.street + self.spanish + self.misheard


class Alongside(Shape):
    """Phrases that count only when the message also raises a flag or names a substance listed in `with`."""

    with_any: tuple[str, ...] = Field(alias="with", min_length=1)
    says: Phrases
    says_es: Phrases = ()


class Together(Shape):
    """Substance classes that raise the flag when one of each is named."""

    one_of: tuple[str, ...]
    with_any: tuple[str, ...] = Field(alias="with")


class RedFlag(Shape):
    """One danger: what people say, what cancels it, what is done."""

    id: str
    action: Action
    title: TwoLanguages
    sources: tuple[str, ...]
    cancelled_by: tuple[Cue, ...] = ()
    history: str | None = None
    only_for_tiers: tuple[Tier, ...] = ()
    certain: Phrases = ()
    says: Phrases
    says_es: Phrases = ()
    not_when: Phrases = ()
    alongside: tuple[Alongside, ...] = ()
    together: Together | None = None


class Payer(Shape):
    """One way to pay: the directory's codes and what people call it."""

    id: str
    samhsa: tuple[str, ...]
    match_any_of: tuple[str, ...] = ()
    says: Phrases
    says_es: Phrases = ()
    not_when: Phrases = ()


class Mention(Shape):
    """Something told in passing: a condition, a way of use, whom it is for, their gender, a wish."""

    kind: Literal["condition", "use", "whom", "gender", "want"]
    id: str
    says: Phrases
    says_es: Phrases = ()
    not_when: Phrases = ()


class Cues(Shape):
    """Words around a danger phrase that change what it means."""

    negation: Phrases
    far_negation: Phrases
    not_negation: Phrases
    past: Phrases
    present: Phrases
    what_if: Phrases
    only_if: Phrases
    not_what_if: Phrases
    learning: Phrases
    reason: Phrases
    grief: Phrases
    using: Phrases
    not_used: Phrases
    still_used: Phrases
    breakers: Phrases
    glue: Phrases


class Likeness(Shape):
    """What was learnt from the corpus `learnt_from` (hash): weights of a sign for an emergency, despair; its rarity."""

    learnt_from: str
    raise_from: float
    doubt_below: float
    bias: tuple[float, float]
    signs: dict[str, tuple[float, float, float]]


class Towns(Shape):
    """Names of towns in small letters, parted by commas; other names of towns and of states."""

    large_towns: str
    small_towns: str
    called: dict[str, str]
    states_called: dict[str, str]
    states_short: dict[str, str]


class LevelsOfCare(Shape):
    """`says`: what each withdrawal tier means, by language and tier."""

    tiers: dict[Literal["says"], dict[Literal["en", "es"], dict[Tier, str]]]


class Content(Shape):
    """All content of one helpline; `version` changes with any file."""

    version: str
    substances: tuple[Substance, ...]
    red_flags: tuple[RedFlag, ...]
    payers: tuple[Payer, ...]
    mentions: tuple[Mention, ...]
    cues: tuple[tuple[str, Phrases], ...]
    spellings: dict[str, str]
    groups: dict[str, tuple[str, ...]]
    lists: dict[str, tuple[str, ...]]
    ordinary_words: tuple[str, ...]
    spelling_targets: tuple[str, ...]
    likeness: Likeness
    towns: Towns
    tier_says: dict[str, TwoLanguages]
