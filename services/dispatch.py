"""The list of local dispatch numbers that admins keep for the rescue screen."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from models.dispatch import DispatchCentre, dispatch_centres
from routing.phone import e164
from services import audit, information
from services.house import House

LONGEST = 120  # characters of a name or county


@dataclass(frozen=True)
class CentreRow:
    """One line of the list."""

    id: uuid.UUID
    state: str
    county: str
    name: str
    phone: str


def centres(house: House) -> tuple[CentreRow, ...]:
    """The whole list."""
    with house.db.begin() as session:
        return tuple(CentreRow(c.id, c.state, c.county, c.name, c.phone) for c in dispatch_centres(session))


def add_centre(
    house: House, actor_id: uuid.UUID | None, *, state: str, county: str, name: str, phone: str, now: datetime
) -> tuple[str, ...]:
    """Add a centre; the names of fields that could not be read, and then nothing was added."""
    number = e164(phone)
    checks = {
        "state": state in information.states(house),
        "county": len(county) <= LONGEST,
        "name": 0 < len(name.strip()) <= LONGEST,
        "phone": number is not None,
    }
    refused = tuple(field for field, good in checks.items() if not good)
    if refused or number is None:
        return refused
    with house.db.begin() as session:
        centre = DispatchCentre(
            id=uuid.uuid4(), state=state, county=county.strip(), name=name.strip(), phone=number, updated_at=now
        )
        session.add(centre)
        audit.write(session, "dispatch_centre_added", actor_id, now, centre_id=centre.id, name=centre.name)
    return ()


def remove_centre(house: House, actor_id: uuid.UUID, centre_id: uuid.UUID, now: datetime) -> bool:
    """Take a centre off the list. False: it was not there."""
    with house.db.begin() as session:
        centre = session.get(DispatchCentre, centre_id)
        if centre is None:
            return False
        session.delete(centre)
        audit.write(session, "dispatch_centre_removed", actor_id, now, centre_id=centre_id, name=centre.name)
        return True
