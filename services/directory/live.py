"""What is known of facilities by the hour, as the match sees it: beds, reports that count, "do not refer"."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.held_places import held_places
from models.live_facts import BedTold, FacilityReport, bed_counts, standing_reports
from routing.match_overlay import BedCount, Correction, FacilityFacts
from routing.vocabulary import BedLevel, Need, ReportKind

NEED_OF_LEVEL = {BedLevel.DETOX: Need.DETOX, BedLevel.RESIDENTIAL: Need.TREATMENT}
ENOUGH_REPORTS = 2  # one mistaken key demotes nobody


def live_facts(
    session: Session, facilities: Sequence[int] | None = None, version: int | None = None
) -> list[FacilityFacts]:
    """The facts of these facilities, or of all that have any, now or at a past version; by id."""
    beds: dict[int, list[BedTold]] = {}
    for bed in bed_counts(session, facilities, version):
        beds.setdefault(bed.facility, []).append(bed)
    reports: dict[int, list[FacilityReport]] = {}
    for report in standing_reports(session, facilities, version):
        reports.setdefault(report.facility_id, []).append(report)
    held = held_places(session, facilities, version)
    return [
        FacilityFacts(
            facility=facility,
            do_not_refer=facility in held,
            beds=tuple((NEED_OF_LEVEL[bed.level], BedCount(bed.open, bed.at)) for bed in beds.get(facility, ())),
            corrections=tuple(corrections(reports.get(facility, ()))),
        )
        for facility in sorted({*beds, *reports, *held, *(facilities or ())})
    ]


def corrections(reports: Iterable[FacilityReport]) -> list[Correction]:
    """What the reports about one facility hold against it, and until when.

    An admin's word counts until it is ended. Otherwise two people or contacts must say the same; it counts as long
    as two such reports are unexpired.
    """
    by_kind: dict[tuple[ReportKind, str | None], list[FacilityReport]] = {}
    for report in reports:
        by_kind.setdefault((report.kind, report.payer), []).append(report)
    found = []
    for (kind, payer), same in by_kind.items():
        if any(report.confirmed for report in same):
            found.append(Correction(kind, payer))
        elif (until := _until(same)) is not None:
            found.append(Correction(kind, payer, until))
    return found


def _until(reports: Sequence[FacilityReport]) -> datetime | None:
    """When fewer than enough independent reports are left; None when there never were enough."""
    latest: dict[object, datetime] = {}
    for report in reports:
        who = report.contact_id or report.by or report.id
        latest[who] = max(report.expires_at, latest.get(who, report.expires_at))
    expiries = sorted(latest.values(), reverse=True)
    return expiries[ENOUGH_REPORTS - 1] if len(expiries) >= ENOUGH_REPORTS else None
