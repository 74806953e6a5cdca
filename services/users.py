"""Who may sign in: added with a link to set a password, given another role, let go, helped when a phone is lost."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from models import letting_go, second_factors
from models.crypto import lookup_hash
from models.people import Counselor, counselor_with_address, counselor_with_phone, everybody_with_shifts, lock_roster
from models.sign_ins import end_sign_ins, open_sign_ins
from routing.phone import e164, masked
from routing.vocabulary import Presence, Role
from services import audit, schedules
from services.counselors import SHORTEST_PASSWORD
from services.house import House
from services.roster_file import ADDRESS, checked_offers, split_words
from services.sign_in import hash_password

LINK_LASTS = timedelta(days=3)


class UserRefused(StrEnum):
    """Why somebody stays as they are."""

    GONE = "gone"
    ONESELF = "oneself"
    LAST_ADMIN = "last_admin"
    ON_A_CONTACT = "on_a_contact"
    NEEDS_PHONE = "needs_phone"


@dataclass(frozen=True)
class UserRow:
    """Somebody of the line, for admins."""

    id: uuid.UUID
    name: str
    email: str
    role: str
    phone: str  # masked; empty: none
    timezone: str
    active: bool
    has_password: bool
    has_factor: bool
    sessions: int


@dataclass(frozen=True)
class Added:
    """What became of a new person: the token of their link, or the names of fields that are not right."""

    counselor_id: uuid.UUID | None = None
    token: str = ""
    refused: tuple[str, ...] = ()


def users(house: House, now: datetime) -> tuple[UserRow, ...]:
    """Everybody, those who left last, by name."""
    with house.db.begin() as session:
        factors, sessions = second_factors.people_with_factor(session), open_sign_ins(session, now)
        rows = [_row(who, who.id in factors, sessions.get(who.id, 0)) for who in everybody_with_shifts(session)]
    return tuple(sorted(rows, key=lambda row: (not row.active, row.name.casefold())))


def user(house: House, counselor_id: uuid.UUID, now: datetime) -> UserRow | None:
    """One person; None: nobody."""
    return next((row for row in users(house, now) if row.id == counselor_id), None)


def add(house: House, given: dict[str, str], by: uuid.UUID, now: datetime) -> Added:
    """Add a person with a role, or let somebody from the roster sign in; the link sets their password within 3 days.

    `given`: email, name, role, phone (may be empty for those who answer no calls), timezone, and languages and skills
    with spaces between, which whoever is on the roster already keeps as they are.
    """
    refused = _wrong_fields(given)
    if refused:
        return Added(refused=refused)
    with house.db.begin() as session:
        phone, address = e164(given["phone"]), given["email"].strip().lower()
        person = counselor_with_address(session, address)
        if person is not None and person.password_hash is not None:
            return Added(refused=("email_taken",))
        holder = counselor_with_phone(session, phone) if phone else None
        if holder is not None and holder is not person:
            return Added(refused=("phone_taken",))
        if person is None:
            person = Counselor(email=address, email_hash=lookup_hash(address), created_at=now)
            person.languages = list(split_words(given["languages"]))
            person.skills = list(split_words(given["skills"]))
            session.add(person)
        else:
            schedules.begin_anew(session, person, now)
        person.name, person.role, person.active = given["name"].strip(), Role(given["role"]), True
        person.timezone = given["timezone"]
        if phone:
            person.phone, person.phone_hash = phone, lookup_hash(phone)
        session.flush()
        audit.write(session, "counselor_added", by, now, counselor_id=person.id, role=person.role.value)
        return Added(person.id, _link(session, person.id, by, now))


def invite(house: House, counselor_id: uuid.UUID, by: uuid.UUID, now: datetime) -> str:
    """The token of a new link by which this person sets a password; earlier ones are worth nothing. Empty: gone."""
    with house.db.begin() as session:
        person = session.get(Counselor, counselor_id)
        if person is None or not person.active:
            return ""
        audit.write(session, "password_link_made", by, now, counselor_id=counselor_id)
        return _link(session, counselor_id, by, now)


def name_behind(house: House, token: str, now: datetime) -> str:
    """Whose password this link sets; empty when it is over, used or unknown."""
    with house.db.begin() as session:
        person = second_factors.person_of_link(session, token, now)
        return person.name if person else ""


def set_password_by(house: House, token: str, password: str, now: datetime) -> bool:
    """Set the password behind a link, once; open sessions of the person end. False: the link is over, or too short."""
    if len(password) < SHORTEST_PASSWORD:
        return False
    hashed = hash_password(password)
    with house.db.begin() as session:
        person = second_factors.person_of_link(session, token, now, lock=True)
        if person is None:
            return False
        person.password_hash = hashed
        second_factors.forget_links(session, person.id)
        end_sign_ins(session, person.id, now)
        audit.write(session, "password_set", person.id, now, counselor_id=person.id)
        return True


def change_role(house: House, counselor_id: uuid.UUID, role: Role, by: uuid.UUID, now: datetime) -> UserRefused | None:
    """Give somebody another role; their sessions end, so that it holds at once. None: done."""
    with house.db.begin() as session:
        person, refused = _leaving(session, counselor_id, by, stays=role is Role.ADMIN)
        if person is not None and refused is None and role is Role.COUNSELOR and not person.phone:
            refused = UserRefused.NEEDS_PHONE
        if person is None or refused:
            return refused
        schedules.begin_anew(session, person, now)
        person.role = role
        end_sign_ins(session, counselor_id, now)
        audit.write(session, "role_changed", by, now, counselor_id=counselor_id, role=role.value)
    return None


def deactivate(house: House, counselor_id: uuid.UUID, by: uuid.UUID, now: datetime) -> UserRefused | None:
    """Somebody left: sessions and links end, no phone rings, what they looked after is everybody's. None: done."""
    with house.db.begin() as session:
        person, refused = _leaving(session, counselor_id, by)
        if person is not None and refused is None and letting_go.on_a_contact(session, counselor_id):
            refused = UserRefused.ON_A_CONTACT
        if person is None or refused:
            return refused
        schedules.begin_anew(session, person, now)
        person.active, person.presence, person.presence_until = False, Presence.AWAY, None
        end_sign_ins(session, counselor_id, now)
        second_factors.forget_links(session, counselor_id)
        letting_go.give_back_work(session, counselor_id)
        audit.write(session, "counselor_deactivated", by, now, counselor_id=counselor_id)
    return None


def reactivate(house: House, counselor_id: uuid.UUID, by: uuid.UUID, now: datetime) -> bool:
    """Somebody is back, with the role and the password they had. False: nobody, or never left."""
    with house.db.begin() as session:
        person = session.get(Counselor, counselor_id, with_for_update={"key_share": True})
        if person is None or person.active:
            return False
        schedules.begin_anew(session, person, now)
        person.active = True
        audit.write(session, "counselor_reactivated", by, now, counselor_id=counselor_id)
        return True


def end_sessions(house: House, counselor_id: uuid.UUID, by: uuid.UUID, now: datetime) -> None:
    """Sign somebody out everywhere."""
    with house.db.begin() as session:
        end_sign_ins(session, counselor_id, now)
        audit.write(session, "sessions_ended", by, now, counselor_id=counselor_id)


def _leaving(
    session: Session, counselor_id: uuid.UUID, by: uuid.UUID, *, stays: bool = False
) -> tuple[Counselor | None, UserRefused | None]:
    """The person, and why they may not stop being who they are: the roster is locked, so that one admin remains."""
    people = {person.id: person for person in lock_roster(session)}
    person = people.get(counselor_id)
    if person is None or not person.active:
        return None, UserRefused.GONE
    if counselor_id == by:
        return person, UserRefused.ONESELF
    others = [who for who in people.values() if who.id != counselor_id and can_administer(who)]
    last = not stays and can_administer(person) and not others
    return person, UserRefused.LAST_ADMIN if last else None


def can_administer(who: Counselor) -> bool:
    """Whether this is an admin who can sign in."""
    return who.active and who.role is Role.ADMIN and who.password_hash is not None


def _link(session: Session, counselor_id: uuid.UUID, by: uuid.UUID, now: datetime) -> str:
    token = secrets.token_urlsafe(24)
    second_factors.keep_link(session, token, counselor_id, by, now + LINK_LASTS)
    return token


def _wrong_fields(given: dict[str, str]) -> tuple[str, ...]:
    phone_needed = given["role"] == Role.COUNSELOR
    checks = {
        "email": ADDRESS.fullmatch(given["email"].strip()),
        "name": given["name"].strip(),
        "role": given["role"] in set(Role),
        "phone": e164(given["phone"]) if given["phone"] else not phone_needed,
        "timezone": given["timezone"] in available_timezones(),
        **checked_offers(split_words(given["languages"]), split_words(given["skills"])),
    }
    return tuple(field for field, fine in checks.items() if not fine)


def _row(who: Counselor, has_factor: bool, sessions: int) -> UserRow:
    return UserRow(
        id=who.id,
        name=who.name,
        email=who.email,
        role=who.role.value,
        phone=masked(who.phone) if who.phone else "",
        timezone=who.timezone,
        active=who.active,
        has_password=who.password_hash is not None,
        has_factor=has_factor,
        sessions=sessions,
    )
