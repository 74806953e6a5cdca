"""What was understood from one text: the values that triage hands on."""

from dataclasses import dataclass, field

from routing.vocabulary import DANGER, LevelOfCare, Need, Urgency

ACTION_URGENCY = {
    "911_now": Urgency.CALL_911,
    "911_now_then_988": Urgency.CALL_911_THEN_988,
    "988_warm_transfer": Urgency.WARM_TRANSFER_988,
    "urgent_same_day_medical": Urgency.SAME_DAY_MEDICAL,
    "poison_control": Urgency.SAME_DAY_MEDICAL,
}

DOUBTED = "sounds_unlike"  # why a flag was set aside that a phrase raised in a text that sounds like no danger


@dataclass(frozen=True, slots=True)
class RaisedFlag:
    """A red flag with the writer's words that raised it. `when` is `now` or `past`."""

    id: str
    action: str
    words: tuple[str, ...]
    when: str = "now"

    @property
    def urgency(self) -> Urgency:
        """What the flag asks for; flags that only constrain the match have none."""
        return ACTION_URGENCY.get(self.action, Urgency.NONE)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Words that looked like a red flag and why they were not taken as one: negation, past, what_if, reason, ..."""

    id: str
    words: str
    why: str


@dataclass(frozen=True, slots=True)
class NamedSubstance:
    """A substance of the catalogue and the words that named it."""

    id: str
    substance_class: str
    tier: str
    words: str


@dataclass(frozen=True, slots=True)
class UnclearName:
    """A name that may mean several substances; it asks for one confirming question and decides nothing."""

    words: str
    substances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything one text told. Unknown things are None or empty. Ids are those of the content files."""

    urgency: Urgency = Urgency.NONE
    flags: tuple[RaisedFlag, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    substances: tuple[NamedSubstance, ...] = ()
    unclear: tuple[UnclearName, ...] = ()
    payer: str | None = None
    zip: str | None = None
    city: str | None = None
    state: str | None = None
    age: int | None = None
    pregnant: bool | None = None
    language: str = "en"
    for_whom: str | None = None  # self, child, partner, parent, other_relative
    gender: str | None = None  # female, male: of the person who needs treatment
    writer_gender: str | None = None  # the same, when it was said by the writers of themselves
    wants: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()  # mental_health, liver, respiratory, seizure_disorder
    use: frozenset[str] = frozenset()  # prescribed, as_directed, misuse
    need: Need | None = None
    level_of_care: LevelOfCare | None = None
    reasons: tuple[str, ...] = field(default=())

    @property
    def in_danger(self) -> bool:
        """Whether 911 or 988 comes before anything else."""
        return self.urgency in DANGER

    @property
    def dual_diagnosis(self) -> bool:
        """Whether a mental health condition was told beside substance use."""
        return "mental_health" in self.conditions
