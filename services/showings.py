"""Which lists of places were put before whom: what neutrality is counted from (models.match_counts)."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from models.matches import MatchRecord, matches_of
from services.matching import AskedBy, Matches, keep


def keep_unread(session: Session, contact_id: uuid.UUID, matches: Matches, *, first: int) -> bool:
    """Keep a list that nobody has looked at yet; False when the newest one kept has the same `first` places."""
    newest = next(iter(matches_of(session, contact_id)), None)
    if newest is not None and _same(newest, matches, first):
        return False
    keep(session, matches, AskedBy(contact_id=contact_id), shown=0)
    return True


def note_shown(
    session: Session, contact_id: uuid.UUID, reader_id: uuid.UUID | None, matches: Matches, shown: int
) -> MatchRecord:
    """The first `shown` places were put before a counselor, or (None) before the caller by text; counted once each.

    The record of a list that this reader has seen grows; one that waited unread becomes theirs; else a new one is kept.
    """
    before = matches_of(session, contact_id)
    newest = _newest(before, reader_id)
    unread = (kept for kept in before if kept.counselor_id is None and not kept.shown)
    for kept in (newest, *unread):
        if kept is not None and _same(kept, matches, shown):
            kept.counselor_id, kept.shown = reader_id, max(kept.shown, shown)
            return kept
    return keep(session, matches, AskedBy(contact_id, reader_id), shown=shown)


def count_shown(session: Session, contact_id: uuid.UUID, reader_id: uuid.UUID) -> int:
    """How many places of the list that came last were shown to this counselor; 0 when there was none."""
    newest = _newest(matches_of(session, contact_id), reader_id)
    return newest.shown if newest is not None else 0


def show_more(session: Session, contact_id: uuid.UUID, reader_id: uuid.UUID, more: int) -> bool:
    """Put up to `more` further places of their list before a counselor; False when they have seen all of it."""
    newest = _newest(matches_of(session, contact_id), reader_id)
    if newest is None or newest.shown >= len(newest.listing_order):
        return False
    newest.shown = min(newest.shown + more, len(newest.listing_order))
    return True


def _newest(records: Sequence[MatchRecord], reader_id: uuid.UUID | None) -> MatchRecord | None:
    return next((kept for kept in records if kept.counselor_id == reader_id), None)


def _same(kept: MatchRecord, matches: Matches, first: int) -> bool:
    """Whether the same was asked under the same rules, and the same places came first."""
    made = matches.record
    same_question = (kept.need, kept.version) == (made.need, made.version)
    return same_question and kept.listing_order[:first] == made.listing_order[:first]
