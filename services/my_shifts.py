"""A counselor's own shifts: what is ahead, what they offer, what others offer to them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from models.people import Counselor, staff_with_phones
from models.schedules import changes_ahead
from routing.spans import Span
from routing.vocabulary import ChangeKind, ChangeStatus
from services import shift_times
from services.coverage_week import ChangeRow, change_row
from services.house import House


@dataclass(frozen=True)
class MyShifts:
    """Two weeks ahead. `offers` are others' shifts that may be taken, `colleagues` whom one's own may be offered to."""

    shifts: tuple[Span, ...]
    mine: tuple[ChangeRow, ...]
    offers: tuple[ChangeRow, ...]
    time_off: tuple[ChangeRow, ...]
    colleagues: tuple[tuple[uuid.UUID, str], ...]
    reminder_minutes: int | None
    has_phone: bool

    def offer_of(self, span: Span) -> ChangeRow | None:
        """The open offer that lies in one of the shifts."""
        inside = (row for row in self.mine if row.span.start >= span.start and row.span.end <= span.end)
        return next(inside, None)


def my_shifts(house: House, counselor_id: uuid.UUID, now: datetime) -> MyShifts:
    """What one person's page shows."""
    with house.db.begin() as session:
        me = session.get_one(Counselor, counselor_id)
        rows = [change_row(change) for change in changes_ahead(session, now, counselor_id)]
        own = [row for row in rows if row.counselor_id == counselor_id]
        return MyShifts(
            shifts=tuple(shift_times.next_shifts(session, me, now)),
            mine=tuple(row for row in own if row.status == ChangeStatus.OFFERED),
            offers=tuple(row for row in rows if row.status == ChangeStatus.OFFERED and row not in own),
            time_off=tuple(row for row in own if row.kind == ChangeKind.TIME_OFF),
            colleagues=tuple((who.id, who.name) for who in staff_with_phones(session) if who.id != counselor_id),
            reminder_minutes=me.reminder_minutes,
            has_phone=me.phone is not None,
        )
