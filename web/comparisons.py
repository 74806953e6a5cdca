"""Experiments as rows for a table, a CSV and the command line: shares, intervals, and honest words."""

from collections.abc import Iterator

from services.experiments import ExperimentReport, Outcome

HEAD = ("experiment", "aspect", "starts", "ends", "over", "arm", "outcome", "people", "hits", "share", "low", "high")
DIFFERENCE = ("difference", "difference_low", "difference_high", "judgement")


def judgement(report: ExperimentReport, outcome: Outcome) -> str:
    """`standard`, `running` (not to be judged yet), `better`, `worse` or `not_enough`."""
    if outcome.difference is None:
        return "standard"
    if not report.over:
        return "running"
    if not outcome.difference.leaves_out_zero:
        return "not_enough"
    return "better" if outcome.difference.low > 0 else "worse"


def rows(reports: tuple[ExperimentReport, ...]) -> Iterator[list[object]]:
    """A row for each arm and outcome, as HEAD and DIFFERENCE name them; shares from 0 to 1."""
    for report in reports:
        one = report.experiment
        for arm in report.arms:
            for name, found in (("answered", arm.answered), ("connected", arm.connected)):
                base = report.arms[0].answered if name == "answered" else report.arms[0].connected
                yield [
                    *(one.id, one.aspect, one.starts, one.ends, report.over, arm.arm, name),
                    *(
                        found.share.total,
                        found.share.hits,
                        *_round(found.share.value),
                        *_round(found.interval.low, found.interval.high),
                    ),
                    *_difference(found, base),
                    judgement(report, found),
                ]


def _difference(found: Outcome, base: Outcome) -> list[float | None]:
    if found.difference is None:
        return [None, None, None]
    return [*_round(found.share.value - base.share.value), *_round(found.difference.low, found.difference.high)]


def _round(*values: float) -> list[float]:
    return [round(value, 4) for value in values]
