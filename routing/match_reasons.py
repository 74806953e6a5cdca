"""Why a facility is on the list, and what must be asked by phone (MATCHING.md R15, R16).

What follows from service codes alone is compiled once a match into lines (which codes -> which sentence); what needs
the distance, the state or live facts is added for each place.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import NamedTuple

from routing.codes import BIT, mask
from routing.match_catalog import Catalog
from routing.match_demand import ADULT_AGE, GROWN
from routing.match_need import BEHAVIORAL, OPIOID, Situation
from routing.match_overlay import BedState, FacilityFacts
from routing.match_phrases import Phrase, plain, say
from routing.match_profile import Profile
from routing.match_ranking import LANGUAGE_CODES, OWN_STATE_PAYERS, owner_word
from routing.match_settings import MatchSettings
from routing.vocabulary import Need

# What makes a place one to ask about before it is sent to somebody: it may take others only (R5, R6)
WOMEN_ONLY, MEN_ONLY, YOUNG_ONLY = plain("ask.women_only"), plain("ask.men_only"), plain("ask.young_only")
PAYER_LISTED = "reason.payer"
UNSURE_FIT = frozenset({WOMEN_ONLY, MEN_ONLY, YOUNG_ONLY})
_LEAST_SHOWN_MILES = 1
_BOTH = mask("SUMH", "CO")
_PSYCHIATRIC = mask("MMD", "PSYH")
_ALWAYS = 1 << 64  # beside the bits of the codes: set in every place that is looked at
Test = tuple[Phrase, int, int, int]


class Line(NamedTuple):
    """A sentence for a place whose word has all bits of `every`, any of `some` (0: no matter) and none of `none`."""

    phrase: Phrase
    every: int = 0
    some: int = 0
    none: int = 0


class Sight(NamedTuple):
    """One listed facility as the reasons see it; `own_state`: it lies in the state of the caller."""

    word: int
    miles: float
    own_state: bool
    facts: FacilityFacts | None


@dataclass(frozen=True)
class Asked:
    """What was asked: the situation, the catalog behind it, and when."""

    situation: Situation
    catalog: Catalog
    settings: MatchSettings
    now: datetime

    def explain(self, sight: Sight) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
        """What the facility fulfils, most important first; and what the data cannot say or says against it."""
        reasons, questions = self._tests
        word = sight.word | _ALWAYS
        met = [phrase for phrase, seen, wanted, some in reasons if word & seen == wanted and word & some]
        asked = [phrase for phrase, seen, wanted, some in questions if word & seen == wanted and word & some]
        missing = self._detox_word & ~word
        if missing:
            asked.insert(0, say("ask.missing_codes", drugs=self._names(missing)))
            if missing != self._detox_word:
                met.append(say("reason.detox_codes", drugs=self._names(self._detox_word & word)))
        self._add_payer(sight, met, asked)
        self._add_beds(sight, met, asked)
        met.append(plain("reason.same_area") if sight.miles < _LEAST_SHOWN_MILES else _distance(round(sight.miles)))
        if sight.facts is not None:
            against = sight.facts.held_against(self.situation.profile.payer, self.now)
            asked += [plain(f"ask.reported_{kind}") for kind in against]
        return tuple(met), tuple(asked)

    @cached_property
    def _tests(self) -> tuple[list[Test], list[Test]]:
        """The lines of this match for reasons and for questions."""
        situation = self.situation
        care = _care_lines(situation, self._names(self._detox_word))
        return (
            _tests((*care, *_person_lines(situation.profile))),
            _tests((*_care_questions(situation), *_person_questions(situation))),
        )

    @cached_property
    def _detox_word(self) -> int:
        return mask(*self.situation.detox_codes)

    def _names(self, word: int) -> tuple[Phrase, ...]:
        return tuple(plain(f"detox_of.{code}") for code in self.situation.detox_codes if BIT[code] & word)

    def _add_payer(self, sight: Sight, met: list[Phrase], asked: list[Phrase]) -> None:
        """Whether the payer counts as accepted (R12)."""
        payer = self.situation.profile.payer
        if payer is None:
            asked.append(plain("ask.payer_unknown"))
            return
        listed = sight.word & self.catalog.payers[payer].word
        elsewhere = payer in OWN_STATE_PAYERS and not sight.own_state
        refused = sight.facts is not None and sight.facts.refuses(payer, self.now)
        if listed and not elsewhere and not refused:
            met.append(_of_payer(PAYER_LISTED, payer))
        else:
            asked.append(_of_payer(_payer_question(listed=bool(listed), elsewhere=elsewhere), payer))

    def _add_beds(self, sight: Sight, met: list[Phrase], asked: list[Phrase]) -> None:
        count = sight.facts.bed(self.situation.need) if sight.facts is not None else None
        state = BedState.UNKNOWN if count is None else count.state(self.now, self.settings)
        if count is None or state == BedState.UNKNOWN:
            if self.situation.need == Need.DETOX:
                asked.append(plain("ask.bed_unknown"))
        elif state == BedState.OPEN:
            met.append(say("reason.open_bed", beds=count.open, hours=_hours_ago(self.now, count.at)))
        else:
            asked.append(say(f"ask.bed_{state}", hours=_hours_ago(self.now, count.at), beds=count.open))


def _tests(lines: Iterable[Line]) -> list[Test]:
    """Lines as bit tests: under the bits `seen` a word must be `wanted`, and have any of `some`."""
    return [(phrase, every | none, every, some or _ALWAYS) for phrase, every, some, none in lines]


def _care_lines(situation: Situation, drugs: tuple[Phrase, ...]) -> Iterator[Line]:
    if situation.need == Need.DETOX:
        medicines = 0 if situation.monitored else BIT["MDET"]
        yield Line(plain("reason.hospital_detox"), every=BIT["HID"])
        yield Line(plain("reason.residential_detox_medicines"), every=BIT["RD"] | medicines, none=BIT["HID"])
        if not situation.monitored:
            yield Line(plain("reason.residential_detox"), every=BIT["RD"], none=mask("HID", "MDET"))
            yield Line(plain("reason.outpatient_detox"), every=BIT["OD"], none=mask("HID", "RD"))
        if drugs:
            yield Line(say("reason.detox_codes", drugs=drugs), every=mask(*situation.detox_codes))
    elif situation.need == Need.MOUD:
        yield Line(plain("reason.buprenorphine"), every=BIT["BU"])
        yield Line(plain("reason.methadone"), every=BIT["MU"], some=mask("MM", "OTP"))
        yield Line(plain("reason.medication"), every=BIT["MU"], none=mask("MM", "OTP", "BU"))
    else:
        yield Line(plain("reason.treatment"), every=BIT["SA"])
    if any(substance.kind == BEHAVIORAL for substance in situation.substances):
        yield Line(plain("reason.gambling"), every=BIT["TGD"])
    if situation.profile.dual_diagnosis:
        full = _BOTH | BIT["MHS"]
        yield Line(plain("reason.dual_3"), every=full, some=_PSYCHIATRIC)
        yield Line(plain("reason.dual_2"), every=_BOTH, none=BIT["MHS"])
        yield Line(plain("reason.dual_2"), every=full, none=_PSYCHIATRIC)
        yield Line(plain("reason.dual_1"), every=BIT["SUMH"], none=BIT["CO"])
        yield Line(plain("reason.dual_1"), every=BIT["CO"], none=BIT["SUMH"])


def _person_lines(profile: Profile) -> Iterator[Line]:
    if profile.pregnant:
        yield Line(plain("reason.pregnancy"), every=BIT["PW"])
    if profile.age is not None and profile.age < ADULT_AGE:
        yield Line(plain("reason.young"))
    if profile.on_moud is not None:
        medication = plain(f"medication.{profile.on_moud}")
        yield Line(say("reason.keeps_medication", medication=medication), every=BIT["MOA"])
    if profile.language is not None:
        yield Line(plain(f"reason.language_{profile.language}"), every=BIT[LANGUAGE_CODES[profile.language]])
    if profile.dui:
        yield Line(plain("reason.dui"), every=BIT["DUO"])
    if profile.veteran:
        yield Line(plain("reason.veteran"), every=BIT["VAMC"])


def _care_questions(situation: Situation) -> Iterator[Line]:
    profile = situation.profile
    if situation.monitored:
        yield Line(plain("ask.watched_day_and_night"), none=BIT["HID"])
    if situation.unnamed:
        yield Line(say("ask.by_name", drugs=tuple(plain(f"substance.{s.id}") for s in situation.unnamed)))
    if profile.liver_disease:
        yield Line(plain("tell.liver"))
    if profile.respiratory_disease:
        yield Line(plain("tell.respiratory"))
    if profile.dual_diagnosis:
        yield Line(plain("ask.dual"), none=_BOTH)
    if situation.need == Need.DETOX and any(substance.kind == OPIOID for substance in situation.substances):
        yield Line(plain("ask.medication_after_detox"))


def _person_questions(situation: Situation) -> Iterator[Line]:
    profile = situation.profile
    if profile.age is None:
        yield Line(YOUNG_ONLY, every=BIT["AD"], none=GROWN)
        yield Line(plain("ask.ages"), none=GROWN | BIT["AD"])
    else:
        yield Line(plain("ask.ages"), none=GROWN)
    if profile.gender is None and not profile.pregnant:
        yield Line(WOMEN_ONLY, every=BIT["FEM"], none=BIT["MALE"])
        yield Line(MEN_ONLY, every=BIT["MALE"], none=BIT["FEM"])
    if profile.on_moud is not None:
        medication = plain(f"medication.{profile.on_moud}")
        yield Line(say("ask.keeps_medication", medication=medication), none=BIT["MOA"])
    if profile.language is not None:
        yield Line(plain(f"ask.language_{profile.language}"), none=BIT[LANGUAGE_CODES[profile.language]])
    closed = owner_word(profile)
    if closed & BIT["VAMC"]:
        yield Line(plain("ask.veterans_only"), every=BIT["VAMC"])
    if closed & BIT["DDF"]:
        yield Line(plain("ask.military_only"), every=BIT["DDF"])


@cache
def _distance(miles: int) -> Phrase:
    return plain("reason.one_mile") if miles == 1 else say("reason.distance", miles=miles)


@cache
def _of_payer(key: str, payer: str) -> Phrase:
    return say(key, payer=plain(f"payer.{payer}"))


def _payer_question(*, listed: bool, elsewhere: bool) -> str:
    """What to ask about a payer that does not count as accepted; listed and taken here means: refused lately."""
    if not listed:
        return "ask.payer"
    return "ask.payer_other_state" if elsewhere else "ask.payer_refused"


def _hours_ago(now: datetime, then: datetime) -> int:
    return max(0, round((now - then).total_seconds() / 3600))
