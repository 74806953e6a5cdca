"""Need x facilities -> an explained, ordered list, or what comes before any list (MATCHING.md)."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.care_hint import HAS_STOPPED
from routing.geography import Ints, ZipPlace
from routing.match_catalog import Catalog
from routing.match_demand import (
    Demand,
    hospital_demand,
    monitored_demand,
    relaxed_demand,
    strict_demand,
)
from routing.match_index import FacilityIndex, Found, state_number
from routing.match_need import EMERGENCY_ACTIONS, SAME_DAY_ACTION, Outcome, Situation, gate, understand
from routing.match_overlay import Overlay
from routing.match_phrases import Phrase, say
from routing.match_profile import Profile
from routing.match_ranking import Ranked, Ranking
from routing.match_reasons import Asked, Sight
from routing.match_settings import MatchSettings
from routing.vocabulary import Need

EVERYWHERE = float("inf")
# In a directory of up to so many rows, looking everywhere within the last radius costs less than a second search
SEARCHED_AT_ONCE = 50_000


class Entry(NamedTuple):
    """One place of the list. `listing` and `facility` are the directory's ids."""

    listing: int
    facility: int
    miles: float
    score: float
    reasons: tuple[Phrase, ...]
    open_points: tuple[Phrase, ...]


@dataclass(frozen=True)
class Section:
    """Places shown beside the list under their own heading; they are not part of the eligible set."""

    heading: Phrase
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class MatchAnswer:
    """What a match answers (R16). `total` facilities within `radius` miles, of which `held_back` more are not shown."""

    outcome: Outcome
    situation: Situation
    advice: tuple[Phrase, ...]
    radius: int | None = None
    shortfall: bool = False
    relaxed: bool = False
    held_back: int = 0
    ranked: Ranked | None = None
    asked: Asked | None = None
    place: ZipPlace | None = None
    sections: tuple[Section, ...] = ()

    @property
    def total(self) -> int:
        """How many facilities the whole list has."""
        return 0 if self.ranked is None else len(self.ranked)


@dataclass(frozen=True)
class Ladder:
    """Where the widening radius stopped (R10): facilities found, the radius, and who was held back inside it."""

    found: Found
    radius: int
    facilities: int
    held_back: int


@dataclass(frozen=True)
class Matcher:
    """One state of the directory, ready to be asked any number of times; immutable, shared by threads."""

    index: FacilityIndex
    overlay: Overlay
    catalog: Catalog
    settings: MatchSettings

    def match(self, profile: Profile, now: datetime) -> MatchAnswer:
        """The answer for one profile at `now` (aware; its UTC day turns ties)."""
        situation = understand(profile, self.catalog)
        place = self.index.zips.find(profile.zip)
        outcome = gate(situation, place, self.catalog)
        if outcome != Outcome.MATCH or place is None:
            return MatchAnswer(outcome, situation, self._advice_of_gate(outcome, situation))
        strict = strict_demand(situation)
        ladder, relaxed = self._climb_ladder([strict], place), False
        if ladder.facilities < self.settings.enough and (other := relaxed_demand(situation)) is not None:
            wider = self._climb_ladder([strict, other], place)
            relaxed = wider.facilities > ladder.facilities
            ladder = wider if relaxed else ladder
        ranked = self._rank(ladder.found, situation, place, now)
        asked = Asked(situation, self.catalog, self.settings, now)
        shortfall = ladder.facilities < self.settings.enough
        return MatchAnswer(
            outcome=outcome,
            situation=situation,
            advice=self._advice(situation, ladder, relaxed=relaxed, shortfall=shortfall),
            radius=ladder.radius,
            shortfall=shortfall,
            relaxed=relaxed,
            held_back=ladder.held_back,
            ranked=ranked,
            asked=asked,
            place=place,
            sections=self._sections(asked, place, strict, now, shortfall=shortfall),
        )

    def entries(self, answer: MatchAnswer, first: int = 0, last: int | None = None) -> list[Entry]:
        """Places `first` to `last` (exclusive) of the list with their reasons; all of them by default."""
        if answer.ranked is None or answer.asked is None or answer.place is None:
            return []
        return self._explain(answer.ranked.in_order(last), answer.asked, answer.place, first)

    def _explain(self, ranked: Ranked, asked: Asked, place: ZipPlace, first: int = 0) -> list[Entry]:
        index, own = self.index, state_number(place.state)
        rows = ranked.rows[first:]
        columns = (rows, ranked.miles[first:], ranked.scores[first:], index.words[rows], index.states[rows] == own)
        ids = (index.listings[rows], index.facilities[rows])
        entries = []
        for row, miles, score, word, near_home, listing, facility in zip(
            *(column.tolist() for column in (*columns, *ids)), strict=True
        ):
            reasons, open_points = asked.explain(Sight(word, miles, near_home, self.overlay.of(row)))
            entries.append(Entry(listing, facility, miles, score, reasons, open_points))
        return entries

    def _climb_ladder(self, demands: list[Demand], place: ZipPlace) -> Ladder:
        """Widen the radius until there are enough facilities (R10)."""
        radii = self.settings.radii_miles
        if len(self.index.words) > SEARCHED_AT_ONCE:
            ladder = self._first_enough(self.index.find(demands, place, radii[0]))
            if ladder.facilities >= self.settings.enough:
                return ladder
        return self._first_enough(self.index.find(demands, place, radii[-1]))

    def _first_enough(self, found: Found) -> Ladder:
        """The first radius within which enough of `found` may be shown, else the last."""
        radii, enough = self.settings.radii_miles, self.settings.enough
        held = self.overlay.held_back(found.rows)
        first = _firsts(self.index.facilities[found.rows])
        miles = found.miles[first & ~held]
        needed = np.partition(miles, enough - 1)[enough - 1] if len(miles) >= enough else radii[-1]
        radius = next(radius for radius in radii if radius >= needed)
        near = found.miles <= radius
        shown = near & ~held
        return Ladder(
            found=Found(found.rows[shown], found.miles[shown]),
            radius=radius,
            facilities=int(np.count_nonzero(miles <= radius)),
            held_back=int(np.count_nonzero(near & held & first)),
        )

    def _rank(self, found: Found, situation: Situation, place: ZipPlace, now: datetime) -> Ranked:
        payer = situation.profile.payer
        word = self.catalog.payers[payer].word if payer is not None else 0
        return Ranking(self.index, self.overlay, self.settings, situation, now, word, place.state).rank(found)

    def _sections(
        self, asked: Asked, place: ZipPlace, strict: Demand, now: datetime, *, shortfall: bool
    ) -> tuple[Section, ...]:
        """Places outside the eligible set that are worth a look, nearest first under their own heading (R7, R10)."""
        situation, furthest = asked.situation, self.settings.radii_miles[-1]
        wanted: list[tuple[str, Demand, float, float]] = []
        if shortfall:
            wanted.append(("heading.beyond", strict, furthest, EVERYWHERE))
        if situation.profile.pregnant and situation.monitored:
            wanted.append(("heading.hospital_any", hospital_demand(situation), 0, furthest))
        if situation.overridden:
            wanted.append(("heading.monitored", monitored_demand(situation), 0, furthest))
        sections = []
        for heading, demand, nearest, widest in wanted:
            found = self.index.find([demand], place, widest)
            keep = ~self.overlay.held_back(found.rows) & ((found.miles > nearest) | (nearest == 0))
            if heading == "heading.hospital_any":
                keep[strict.select(self.index.words[found.rows])] = False
            near = Found(found.rows[keep], found.miles[keep])
            ranked = self._rank(self._nearest(near), situation, place, now).nearest_first()
            entries = self._explain(ranked, asked, place)
            if entries:
                nearest_miles = max(1, round(entries[0].miles))
                sections.append(Section(say(heading, miles=furthest, nearest=nearest_miles), tuple(entries)))
        return tuple(sections)

    def _nearest(self, found: Found) -> Found:
        """All rows of the few nearest facilities, in the order of the index."""
        facilities = self.index.facilities[found.rows]
        by_miles = facilities[np.lexsort((facilities, found.miles))]
        few = by_miles[np.sort(np.unique(by_miles, return_index=True)[1])[: self.settings.beyond_shown]]
        kept = np.isin(facilities, few)
        return Found(found.rows[kept], found.miles[kept])

    def _advice_of_gate(self, outcome: Outcome, situation: Situation) -> tuple[Phrase, ...]:
        if outcome == Outcome.EMERGENCY_FIRST:
            open_flags = set(situation.profile.risk_flags) - set(situation.profile.flags_addressed)
            actions = {self.catalog.flag_actions[flag] for flag in open_flags} & EMERGENCY_ACTIONS
            return tuple(say(f"advice.{action}") for action in sorted(actions))
        if outcome == Outcome.ASK_LOCATION:
            return (say("advice.ask_location"),)
        return (say("advice.do_not_stop"), say("advice.call_prescriber"), say("advice.no_prescriber"))

    def _advice(self, situation: Situation, ladder: Ladder, *, relaxed: bool, shortfall: bool) -> tuple[Phrase, ...]:
        profile, advice = situation.profile, []
        if any(self.catalog.flag_actions[flag] == SAME_DAY_ACTION for flag in profile.risk_flags):
            advice.append(say("advice.same_day"))
        has_stopped = HAS_STOPPED in profile.risk_flags  # then "do not stop" comes too late
        if profile.pregnant and situation.monitored:
            advice.append(say("advice.pregnant_has_stopped" if has_stopped else "advice.pregnant_same_day"))
        if situation.monitored:
            advice.append(say("advice.has_stopped" if has_stopped else "advice.do_not_stop"))
        if situation.changed:
            advice.append(say("advice.detox_first"))
        if situation.overridden:
            advice.append(say("advice.overridden"))
        if situation.need == Need.DETOX and relaxed:
            advice.append(say("advice.relaxed"))
        if shortfall:
            advice.append(say("advice.shortfall" if ladder.facilities else "advice.none", miles=ladder.radius))
        if ladder.held_back:
            advice.append(say("advice.held_back", count=ladder.held_back))
        return tuple(dict.fromkeys(advice))


def _firsts(facilities: Ints) -> NDArray[np.bool_]:
    """Which rows are the first of their facility; rows of one facility stand side by side, at one place."""
    first = np.ones(len(facilities), dtype=np.bool_)
    np.not_equal(facilities[1:], facilities[:-1], out=first[1:])
    return first
