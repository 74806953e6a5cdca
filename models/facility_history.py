"""All that was ever said of a facility and those joined to it: past listings and words, beds, checks, reports."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from models.bed_contacts import BedContact
from models.directory import DirectoryImport, ListingHistory, RefusedRow
from models.live_facts import BedReport, DoNotRefer, FacilityCheck, FacilityFix

LONGEST = 100  # of each kind


def past_listings(session: Session, facility_ids: Collection[int]) -> Sequence[ListingHistory]:
    """What lists said before of these facilities, newest first."""
    query = select(ListingHistory).where(ListingHistory.facility_id.in_(facility_ids))
    return session.scalars(query.order_by(ListingHistory.until.desc()).limit(LONGEST)).all()


def last_listings(session: Session, facility_ids: Collection[int]) -> Sequence[ListingHistory]:
    """What a list said last of each of these facilities."""
    query = select(ListingHistory).where(ListingHistory.facility_id.in_(facility_ids))
    newest = query.order_by(ListingHistory.facility_id, ListingHistory.until.desc(), ListingHistory.id)
    return session.scalars(newest.ext(distinct_on(ListingHistory.facility_id))).all()


def imports_by_id(session: Session, ids: Sequence[int]) -> dict[int, DirectoryImport]:
    """These imports."""
    return {row.id: row for row in session.scalars(select(DirectoryImport).where(DirectoryImport.id.in_(ids)))}


def all_fixes(session: Session, facility_ids: Collection[int]) -> Sequence[FacilityFix]:
    """Every word of an admin, also those taken back, newest first."""
    query = select(FacilityFix).where(FacilityFix.facility_id.in_(facility_ids))
    return session.scalars(query.order_by(FacilityFix.at.desc()).limit(LONGEST)).all()


def all_holds(session: Session, facility_ids: Collection[int]) -> Sequence[DoNotRefer]:
    """Every "do not refer", newest first."""
    query = select(DoNotRefer).where(DoNotRefer.facility_id.in_(facility_ids))
    return session.scalars(query.order_by(DoNotRefer.at.desc()).limit(LONGEST)).all()


def all_beds(session: Session, facility_ids: Collection[int], limit: int = 20) -> Sequence[BedReport]:
    """The newest bed counts, newest first."""
    query = select(BedReport).where(BedReport.facility_id.in_(facility_ids))
    return session.scalars(query.order_by(BedReport.at.desc()).limit(limit)).all()


def all_checks(session: Session, facility_ids: Collection[int]) -> Sequence[FacilityCheck]:
    """Calls that were made to check, newest first."""
    query = select(FacilityCheck).where(FacilityCheck.facility_id.in_(facility_ids), FacilityCheck.done_at.is_not(None))
    return session.scalars(query.order_by(FacilityCheck.done_at.desc()).limit(LONGEST)).all()


def numbers_of(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The numbers of registered phones by id; whoever shows them masks them."""
    found = session.scalars(select(BedContact).where(BedContact.id.in_(ids)))
    return {contact.id: contact.number for contact in found}


def newest_refused(session: Session, limit: int) -> Sequence[tuple[RefusedRow, DirectoryImport]]:
    """Rows that imports could not take, of the newest imports first; undone ones are left out."""
    query = (
        select(RefusedRow, DirectoryImport)
        .join(DirectoryImport, DirectoryImport.id == RefusedRow.import_id)
        .where(DirectoryImport.undone_at.is_(None))
        .order_by(RefusedRow.import_id.desc(), RefusedRow.line)
        .limit(limit)
    )
    return [(row, source) for row, source in session.execute(query)]
