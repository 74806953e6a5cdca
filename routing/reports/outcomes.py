"""What became of contacts: how they ended, referrals, follow-ups, needs that nothing met. From the timeline alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.proportions import Interval, Share, quantile, wilson
from routing.reports.figures import share
from routing.reports.journal import Event

ANSWERS = frozenset({"answered", "yes", "no", "wants_counselor"})  # routing.follow_up.Outcome
TAKEN = frozenset({"accepted", "arrived"})  # routing.vocabulary.ReferralStatus
REFUSED = frozenset({"declined", "not_arrived"})
KINDS = frozenset(
    {"opened", "counselor_wanted", "text_taken", "text_given_back", "disposition", "need_noted"}
    | {"places_texted", "intake_rung", "guest_answered", "referral", "referral_outcome"}
    | {"follow_up_planned", "follow_up_started", "follow_up_ended"}
)


@dataclass(frozen=True)
class NeedRow:
    """Needs of one place (state and the first three digits of the ZIP code) or payer.

    contacts: that ended with a known place and substance (`need_noted`).
    no_place: whose last list held no place at all.
    turned_down: whose list held places, but every one that was asked declined.
    """

    name: str
    contacts: int
    no_place: int
    turned_down: int

    @property
    def unmet(self) -> int:
        """Contacts whose need nothing met."""
        return self.no_place + self.turned_down


@dataclass(frozen=True)
class FollowUpRow:
    """Follow-ups of one kind: planned, begun, and how they ended. Planned ones that were replaced are in neither."""

    kind: str
    planned: int
    begun: int
    ends: dict[str, int]

    @property
    def answered(self) -> int:
        """How many were answered."""
        return sum(self.ends.get(end, 0) for end in ANSWERS)

    @property
    def answer_share(self) -> float | None:
        """Answered ones of those that were begun."""
        return share(self.answered, self.begun)


@dataclass(frozen=True)
class Arrivals:
    """Contacts with a follow-up that was begun and of whom we know whether they arrived anywhere.

    answered: whether any of their follow-ups was. interval: Wilson's, 95 %, of the share that arrived.
    """

    answered: bool
    arrived: int
    not_arrived: int

    @property
    def share(self) -> float | None:
        """The share that arrived."""
        return share(self.arrived, self.arrived + self.not_arrived)

    @property
    def interval(self) -> Interval:
        """How sure we may be of it."""
        return wilson(Share(self.arrived, self.arrived + self.not_arrived), quantile())


@dataclass(frozen=True)
class Outcomes:
    """Of every contact of the period, calls and texts.

    dispositions: the last one written of each. referrals: places that were told of by text, intake lines rung and
    picked up, and where the referral to each place came to stand last.
    """

    contacts: int = 0
    texts: int = 0
    texts_wanting: int = 0  # conversations in which a counselor was wanted
    texts_taken: int = 0
    text_wait: float | None = None  # mean seconds from the wish until a counselor took the conversation
    dispositions: dict[str, int] = field(default_factory=dict)
    referrals: dict[str, int] = field(default_factory=dict)
    follow_ups: tuple[FollowUpRow, ...] = ()
    arrivals: tuple[Arrivals, ...] = ()  # of those who answered a follow-up, and of those who did not
    by_place: tuple[NeedRow, ...] = ()
    by_payer: tuple[NeedRow, ...] = ()


class OutcomeCount:
    """Counts timelines one by one, so that a year of them needs no memory."""

    def __init__(self) -> None:
        self._plain, self._dispositions, self._referrals = Counter[str](), Counter[str](), Counter[str]()
        self._planned, self._begun = Counter[str](), Counter[str]()
        self._ends = Counter[tuple[str, str]]()
        self._needs = Counter[tuple[str, str, str]]()  # (by what, name, what of it)
        self._arrivals = Counter[tuple[bool, str]]()  # (a follow-up was answered, arrived or not)
        self._text_waits = 0.0

    def add(self, timeline: Iterable[Event]) -> None:
        """Count one contact."""
        events = list(timeline)
        self._plain["contacts"] += 1
        self._count_text(events)
        ends = [event.data["disposition"] for event in events if event.kind == "disposition"]
        self._dispositions.update(ends[-1:])
        moved = [event for event in events if event.kind in ("referral", "referral_outcome")]
        outcomes = {event.data.get("listing"): event.data["referral"] for event in moved}
        self._referrals.update(outcomes.values())
        self._referrals["told"] += sum(int(event.data.get("places", 0)) for event in _of(events, "places_texted"))
        self._referrals["rung"] += len(_of(events, "intake_rung"))
        self._referrals["picked_up"] += sum(e.data.get("kind") == "facility" for e in _of(events, "guest_answered"))
        self._count_need(events, set(outcomes.values()))
        self._count_follow_ups(events)
        self._count_arrival(events, set(outcomes.values()))

    def _count_text(self, events: list[Event]) -> None:
        if not any(event.kind == "opened" for event in events):
            return
        self._plain["texts"] += 1
        wanted: datetime | None = None
        has_one = False
        for event in events:
            match event.kind:
                case "text_taken":
                    has_one = True
                case "text_given_back":
                    has_one = False
                case "counselor_wanted":
                    wanted = wanted or event.at
            if wanted and has_one:  # who had a counselor before, as when danger is heard then, waited for nobody
                self._plain["texts_taken"] += 1
                self._text_waits += (event.at - wanted) / timedelta(seconds=1)
                break
        self._plain["texts_wanting"] += wanted is not None

    def _count_need(self, events: list[Event], outcomes: set[str]) -> None:
        noted = _of(events, "need_noted")
        if not noted:
            return
        need = noted[-1].data
        what = ["contacts"]
        if not need.get("places"):
            what.append("no_place")
        elif outcomes & REFUSED and not outcomes & TAKEN:
            what.append("turned_down")
        names = {"place": f"{need.get('state') or '?'} {need.get('zip3')}", "payer": need.get("payer") or "unknown"}
        self._needs.update((by, name, part) for by, name in names.items() for part in what)

    def _count_follow_ups(self, events: list[Event]) -> None:
        for event in events:
            kind = str(event.data.get("follow_up", ""))
            match event.kind:
                case "follow_up_planned":
                    self._planned[kind] += 1
                case "follow_up_started" if event.data.get("attempt") == 1:
                    self._begun[kind] += 1
                case "follow_up_ended":
                    self._ends[kind, str(event.data.get("outcome"))] += 1

    def _count_arrival(self, events: list[Event], outcomes: set[str]) -> None:
        known = "arrived" if "arrived" in outcomes else "not_arrived" if "not_arrived" in outcomes else None
        if known is not None and _of(events, "follow_up_started"):
            answered = any(event.data.get("outcome") in ANSWERS for event in _of(events, "follow_up_ended"))
            self._arrivals[answered, known] += 1

    def counted(self) -> Outcomes:
        """Everything that was added."""
        taken = self._plain["texts_taken"]
        return Outcomes(
            contacts=self._plain["contacts"],
            texts=self._plain["texts"],
            texts_wanting=self._plain["texts_wanting"],
            texts_taken=taken,
            text_wait=self._text_waits / taken if taken else None,
            dispositions=dict(self._dispositions),
            referrals={name: count for name, count in self._referrals.items() if count},
            follow_ups=tuple(self._follow_up(kind) for kind in sorted({*self._planned, *self._begun})),
            arrivals=tuple(
                Arrivals(answered, self._arrivals[answered, "arrived"], self._arrivals[answered, "not_arrived"])
                for answered in (True, False)
            ),
            by_place=self._needs_by("place"),
            by_payer=self._needs_by("payer"),
        )

    def _follow_up(self, kind: str) -> FollowUpRow:
        ends = {end: count for (of, end), count in sorted(self._ends.items()) if of == kind}
        return FollowUpRow(kind, self._planned[kind] - ends.pop("replaced", 0), self._begun[kind], ends)

    def _needs_by(self, what: str) -> tuple[NeedRow, ...]:
        names = {name for by, name, _ in self._needs if by == what}
        parts = ("contacts", "no_place", "turned_down")
        rows = [NeedRow(name, *(self._needs[what, name, part] for part in parts)) for name in names]
        return tuple(sorted(rows, key=lambda row: (-row.unmet, -row.contacts, row.name)))


def _of(events: Iterable[Event], kind: str) -> list[Event]:
    return [event for event in events if event.kind == kind]
