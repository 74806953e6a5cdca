"""Why a facility is on the list, and what must be asked by phone (MATCHING.md R15, R16)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from routing.codes import BIT
from routing.match_catalog import Catalog
from routing.match_demand import ADULT_AGE, dual_level
from routing.match_need import OPIOID, Situation
from routing.match_overlay import BedState, FacilityFacts
from routing.match_phrases import Phrase, say
from routing.match_ranking import LANGUAGE_CODES, OWN_STATE_PAYERS, owner_word
from routing.match_settings import MatchSettings
from routing.vocabulary import Need

_LEAST_SHOWN_MILES = 1


@dataclass(frozen=True)
class Sight:
    """One listed facility as the reasons see it; `own_state`: it lies in the state of the caller."""

    word: int
    miles: float
    own_state: bool
    facts: FacilityFacts | None


@dataclass(frozen=True)
class Asked:
    """What was asked: the situation, the catalog behind it, and the words to say it in."""

    situation: Situation
    catalog: Catalog
    settings: MatchSettings
    now: datetime

    def accepts_payer(self, sight: Sight) -> bool:
        """Whether the payer counts as accepted (R12)."""
        payer = self.situation.profile.payer
        if payer is None or (sight.facts is not None and sight.facts.refuses(payer, self.now)):
            return False
        listed = bool(sight.word & self.catalog.payers[payer].word)
        return listed and (sight.own_state or payer not in OWN_STATE_PAYERS)

    def bed_state(self, sight: Sight) -> BedState:
        """What is known of beds for this need."""
        count = sight.facts.bed(self.situation.need) if sight.facts is not None else None
        return count.state(self.now, self.settings) if count is not None else BedState.UNKNOWN


def reasons(asked: Asked, sight: Sight) -> tuple[Phrase, ...]:
    """What the facility fulfils, most important first."""
    return (*_care_reasons(asked, sight), *_person_reasons(asked, sight))


def open_points(asked: Asked, sight: Sight) -> tuple[Phrase, ...]:
    """What the data cannot say or says against it: to be asked by phone."""
    return (*_care_points(asked, sight), *_person_points(asked, sight), *_live_points(asked, sight))


def code_names(codes: Iterator[str] | tuple[str, ...]) -> tuple[Phrase, ...]:
    """Detox codes as the names of what is meant."""
    return tuple(say(f"detox_of.{code}") for code in codes)


def _care_reasons(asked: Asked, sight: Sight) -> Iterator[Phrase]:
    situation = asked.situation
    if situation.need == Need.DETOX:
        yield say(f"reason.{_detox_setting(sight.word, monitored=situation.monitored)}")
        met = tuple(code for code in situation.detox_codes if sight.word & BIT[code])
        if met:
            yield say("reason.detox_codes", drugs=code_names(met))
    elif situation.need == Need.MOUD:
        if sight.word & BIT["BU"]:
            yield say("reason.buprenorphine")
        if sight.word & BIT["MU"] and sight.word & (BIT["MM"] | BIT["OTP"]):
            yield say("reason.methadone")
        elif sight.word & BIT["MU"] and not sight.word & BIT["BU"]:
            yield say("reason.medication")
    elif sight.word & BIT["SA"]:
        yield say("reason.treatment")
    if sight.word & BIT["TGD"] and any(s.id == "gambling" for s in situation.substances):
        yield say("reason.gambling")
    if situation.profile.dual_diagnosis and (level := dual_level(sight.word)):
        yield say(f"reason.dual_{level}")


def _detox_setting(word: int, *, monitored: bool) -> str:
    if word & BIT["HID"]:
        return "hospital_detox"
    if word & BIT["RD"]:
        return "residential_detox_medicines" if monitored or word & BIT["MDET"] else "residential_detox"
    return "outpatient_detox"


def _person_reasons(asked: Asked, sight: Sight) -> Iterator[Phrase]:
    profile = asked.situation.profile
    if profile.pregnant and sight.word & BIT["PW"]:
        yield say("reason.pregnancy")
    if profile.age is not None and profile.age < ADULT_AGE:
        yield say("reason.young")
    if profile.on_moud is not None and sight.word & BIT["MOA"]:
        yield say("reason.keeps_medication", medication=say(f"medication.{profile.on_moud}"))
    if profile.payer is not None and asked.accepts_payer(sight):
        yield say("reason.payer", payer=say(f"payer.{profile.payer}"))
    if profile.language is not None and sight.word & BIT[LANGUAGE_CODES[profile.language]]:
        yield say(f"reason.language_{profile.language}")
    if profile.dui and sight.word & BIT["DUO"]:
        yield say("reason.dui")
    if profile.veteran and sight.word & BIT["VAMC"]:
        yield say("reason.veteran")
    if asked.bed_state(sight) == BedState.OPEN and sight.facts is not None:
        count = sight.facts.bed(asked.situation.need)
        if count is not None:
            yield say("reason.open_bed", beds=count.open, hours=_hours_ago(asked.now, count.at))
    if sight.miles < _LEAST_SHOWN_MILES:
        yield say("reason.same_area")
    else:
        yield say("reason.distance", miles=round(sight.miles))


def _care_points(asked: Asked, sight: Sight) -> Iterator[Phrase]:
    situation = asked.situation
    if situation.need == Need.DETOX:
        if situation.monitored and not sight.word & BIT["HID"]:
            yield say("ask.watched_day_and_night")
        missing = tuple(code for code in situation.detox_codes if not sight.word & BIT[code])
        if missing:
            yield say("ask.missing_codes", drugs=code_names(missing))
        if situation.unnamed:
            yield say("ask.by_name", drugs=tuple(say(f"substance.{s.id}") for s in situation.unnamed))
    profile = situation.profile
    if profile.liver_disease:
        yield say("tell.liver")
    if profile.respiratory_disease:
        yield say("tell.respiratory")
    if profile.dual_diagnosis and not dual_level(sight.word):
        yield say("ask.dual")


def _person_points(asked: Asked, sight: Sight) -> Iterator[Phrase]:
    profile = asked.situation.profile
    if not sight.word & (BIT["ADLT"] | BIT["YAD"] | BIT["SNR"]):
        yield say("ask.ages")
    if profile.on_moud is not None and not sight.word & BIT["MOA"]:
        yield say("ask.keeps_medication", medication=say(f"medication.{profile.on_moud}"))
    if profile.payer is None:
        yield say("ask.payer_unknown")
    elif not asked.accepts_payer(sight):
        listed = bool(sight.word & asked.catalog.payers[profile.payer].word)
        other_state = listed and not sight.own_state and profile.payer in OWN_STATE_PAYERS
        yield say("ask.payer_other_state" if other_state else "ask.payer", payer=say(f"payer.{profile.payer}"))
    if profile.language is not None and not sight.word & BIT[LANGUAGE_CODES[profile.language]]:
        yield say(f"ask.language_{profile.language}")
    closed = sight.word & owner_word(profile)
    if closed & BIT["VAMC"]:
        yield say("ask.veterans_only")
    if closed & BIT["DDF"]:
        yield say("ask.military_only")
    if any(s.kind == OPIOID for s in asked.situation.substances) and asked.situation.need == Need.DETOX:
        yield say("ask.medication_after_detox")


def _live_points(asked: Asked, sight: Sight) -> Iterator[Phrase]:
    state = asked.bed_state(sight)
    count = sight.facts.bed(asked.situation.need) if sight.facts is not None else None
    if count is not None and state in {BedState.FULL, BedState.STALE}:
        yield say(f"ask.bed_{state}", hours=_hours_ago(asked.now, count.at), beds=count.open)
    elif state == BedState.UNKNOWN and asked.situation.need == Need.DETOX:
        yield say("ask.bed_unknown")
    if sight.facts is not None:
        for kind in sight.facts.held_against(asked.situation.profile.payer, asked.now):
            yield say(f"ask.reported_{kind}")


def _hours_ago(now: datetime, then: datetime) -> int:
    return max(0, round((now - then).total_seconds() / 3600))
