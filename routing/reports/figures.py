"""How well calls were answered: the definition of each figure, and where it comes from."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median

from routing.reports.journal import Call, WaitEnd
from routing.spans import Span, common

# Share of calls that must be answered within some seconds (NENA-STA-020.1-2020)
STANDARDS = ((0.90, 15), (0.95, 20))
ABANDONED_AT_MOST = 0.05  # URAC Health Call Center
ANSWERED_WITHIN_ON_AVERAGE = 30.0  # seconds, URAC Health Call Center
GAVE_UP = frozenset({WaitEnd.GAVE_UP, WaitEnd.LOST})


@dataclass(frozen=True)
class ServiceFigures:
    """Figures of some calls; shares are 0 to 1 and, like seconds, None when there is nothing to divide by.

    offered: every call that came in, save those turned away (blocked numbers; the flood key not pressed).
    ends: how the first wait of each ended.
    within: for each standard, the share of offered calls answered in that time. Callers who gave up, were promised a
        callback or spoke to the voicemail count as not answered, however short they waited; an answer whose time is
        not known does, too (NENA-STA-020.1-2020 counts all calls that come in).
    speed_of_answer: mean seconds of the first wait of answered calls (average speed of answer, URAC).
    abandoned: share of offered calls whose caller gave up or reached nobody. No short hang-ups are left out.
    gave_up_later: callers who waited once more, after a counselor was lost, and gave up then.
    reached_later: callers who were not answered and with whom we talked in a call back.
    gave_up_after: median seconds after which callers gave up.
    longest: the longest of all waits in seconds, whatever their end.
    handle: mean seconds for which a call keeps counselors from others: ringing, talk, wrap-up, of a call back, too.
    """

    offered: int
    ends: dict[WaitEnd, int]
    within: tuple[float | None, ...]
    speed_of_answer: float | None
    abandoned: float | None
    gave_up_later: int
    reached_later: int
    gave_up_after: float | None
    longest: float | None
    handle: float | None
    by_backup: int

    @property
    def answered(self) -> int:
        """Calls whose first wait ended with an answer."""
        return self.ends[WaitEnd.ANSWERED]

    @property
    def standards_held(self) -> tuple[bool | None, ...]:
        """Whether each standard was held; None without calls."""
        return tuple(
            None if share is None else share >= wanted
            for share, (wanted, _) in zip(self.within, STANDARDS, strict=True)
        )

    @property
    def speed_held(self) -> bool | None:
        """Whether the aim for the mean wait was held; None without an answer."""
        return None if self.speed_of_answer is None else self.speed_of_answer <= ANSWERED_WITHIN_ON_AVERAGE

    @property
    def abandoned_held(self) -> bool | None:
        """Whether few enough callers gave up; None without calls."""
        return None if self.abandoned is None else self.abandoned <= ABANDONED_AT_MOST


def service_figures(calls: Collection[Call]) -> ServiceFigures:
    """The figures of these calls."""
    ends = Counter(call.first.end for call in calls)
    answered = [call.first.seconds for call in calls if call.first.end is WaitEnd.ANSWERED]
    timed = [seconds for seconds in answered if seconds is not None]
    given_up = [call.first.seconds for call in calls if call.first.end is WaitEnd.GAVE_UP]
    waits = [wait.seconds for call in calls for wait in call.waits if wait.seconds is not None]
    busy = [sum(seconds_of(span) for span in call.busy) for call in calls if call.busy]
    return ServiceFigures(
        offered=len(calls),
        ends={end: ends[end] for end in WaitEnd},
        within=tuple(share(sum(s <= seconds for s in timed), len(calls)) for _, seconds in STANDARDS),
        speed_of_answer=fmean(timed) if timed else None,
        abandoned=share(sum(ends[end] for end in GAVE_UP), len(calls)),
        gave_up_later=sum(any(wait.end is WaitEnd.GAVE_UP for wait in call.waits[1:]) for call in calls),
        reached_later=sum(call.reached_later and call.first.end is not WaitEnd.ANSWERED for call in calls),
        gave_up_after=median(s for s in given_up if s is not None) if given_up else None,
        longest=max(waits, default=None),
        handle=fmean(busy) if busy else None,
        by_backup=sum(call.by_backup for call in calls),
    )


def decided(calls: Iterable[Call], now: datetime) -> list[Call]:
    """Without the callers who wait since so lately that each standard may still be held for them."""
    still_early = now - timedelta(seconds=max(seconds for _, seconds in STANDARDS))
    return [call for call in calls if call.first.end is not WaitEnd.OPEN or call.opened < still_early]


def share(part: int, whole: int) -> float | None:
    """0 to 1; None of nothing."""
    return part / whole if whole else None


def seconds_of(span: Span) -> float:
    """How long it is."""
    return (span.end - span.start) / timedelta(seconds=1)


def occupancy(calls: Iterable[Call], on_duty: Sequence[Span], period: Span) -> float | None:
    """The share of the counselors' time on duty in which calls kept them busy; None when nobody was on duty.

    Erlangs carried over staff, as in A. K. Erlang's formula. `on_duty` is every shift of every counselor. Above 1:
    people also answered outside their shifts. Texts are left out: a counselor may hold several of them at once.
    """
    duty = sum(seconds_of(piece) for span in on_duty for piece in common([span], [period]))
    busy = sum(seconds_of(piece) for call in calls for span in call.busy for piece in common([span], [period]))
    return busy / duty if duty else None
