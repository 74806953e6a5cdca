"""All that was ever said of a facility and those joined to it: past listings and words, beds, checks, reports."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from models.bed_contacts import BedContact
from models.directory import DirectoryImport, Listing, ListingHistory, RefusedRow
from models.live_facts import BedReport, DoNotRefer, FacilityCheck, FacilityFix

LONGEST = 100  # of each kind


def past_listings(session: Session, facility_ids: Collection[int]) -> Sequence[ListingHistory]:
    """What lists said before of these facilities, newest first."""
    query = select(ListingHistory).where(ListingHistory.facility_id.in_(facility_ids))
    return session.scalars(query.order_by(ListingHistory.until.desc()).limit(LONGEST)).all()


def last_listings(session: Session, facility_ids: Collection[int]) -> Sequence[ListingHistory]:
    """What a list said last of each of these facilities; a listing that stands at another by now speaks of that one."""
    query = select(ListingHistory).where(ListingHistory.facility_id.in_(facility_ids))
    elsewhere = exists().where(
        Listing.id == ListingHistory.listing_id, Listing.facility_id != ListingHistory.facility_id
    )
    newest = query.order_by(ListingHistory.facility_id, elsewhere, ListingHistory.until.desc(), ListingHistory.id)
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


def imports_with_refused(session: Session, limit: int) -> Sequence[tuple[DirectoryImport, int]]:
    """Imports that kept rows they could not take, newest first, and how many; undone ones are left out."""
    count = func.count(RefusedRow.id)
    query = select(DirectoryImport, count).join(RefusedRow, RefusedRow.import_id == DirectoryImport.id)
    query = query.where(DirectoryImport.undone_at.is_(None)).group_by(DirectoryImport.id)
    found = session.execute(query.order_by(DirectoryImport.id.desc()).limit(limit))
    return [(row[0], row[1]) for row in found]


def refused_count(session: Session) -> int:
    """How many rows wait that imports could not take."""
    query = select(func.count(RefusedRow.id)).join(DirectoryImport, DirectoryImport.id == RefusedRow.import_id)
    return session.scalar(query.where(DirectoryImport.undone_at.is_(None))) or 0


def refused_rows(session: Session, import_id: int, *, limit: int, offset: int) -> Sequence[RefusedRow]:
    """The rows that an import could not take, in the order of its file."""
    query = select(RefusedRow).where(RefusedRow.import_id == import_id).order_by(RefusedRow.line, RefusedRow.id)
    return session.scalars(query.limit(limit).offset(offset)).all()
