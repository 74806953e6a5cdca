"""The helpline's own contact form: defined version by version, filled while people talk, counted for funders."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import forms as rows
from models.contacts import Contact, lock_contact
from models.directory import counties_of, zip_code
from models.forms import FilledForm, FormVersion
from routing.forms import FieldCount, FieldKind, Form, FormWrong, count, form_data, form_from, problems, read_answer
from routing.spans import Span
from services import audit, knowing
from services.house import House


@dataclass(frozen=True)
class FormToFill:
    """The form of one contact with what is filled in. `counties` are suggestions from the contact's ZIP code."""

    version: int
    fields: Form
    answers: Mapping[str, str]
    counties: tuple[str, ...]


@dataclass(frozen=True)
class SavedVersion:
    """One version of the form in a list."""

    id: int
    at: datetime
    by: str | None
    fields: Form


@dataclass(frozen=True)
class Filled:
    """What a save did: names of fields whose words were not understood, which stay as they were."""

    refused: tuple[str, ...] = ()


def current(house: House) -> Form:
    """The fields as they are now; empty before the first version."""
    with house.db.begin() as session:
        newest = rows.newest_form(session)
        return form_from(newest.fields) if newest else ()


def versions(house: House) -> Sequence[SavedVersion]:
    """Every version, newest first."""
    with house.db.begin() as session:
        found = rows.form_versions(session)
        return [SavedVersion(version.id, version.at, name, form_from(version.fields)) for version, name in found]


def define(house: House, form: Form, by: uuid.UUID, now: datetime) -> tuple[FormWrong, ...]:
    """Save a new version; what keeps it from being saved, if anything. The same again is not saved twice."""
    wrong = problems(form)
    if wrong:
        return wrong
    with house.db.begin() as session:
        newest = rows.newest_form(session)
        if newest is None or newest.fields != form_data(form):
            version = FormVersion(at=now, saved_by=by, fields=form_data(form))
            session.add(version)
            session.flush()
            audit.write(session, "form_defined", by, now, version=version.id)
    return ()


def to_fill(house: House, contact_id: uuid.UUID) -> FormToFill | None:
    """The form of a contact: the version it was begun with, else the newest; None while none is defined."""
    with house.db.begin() as session:
        filled = rows.filled_form(session, contact_id)
        version = rows.form_version(session, filled.version_id) if filled else rows.newest_form(session)
        contact = session.get(Contact, contact_id)
        if version is None or contact is None:
            return None
        fields, counties = form_from(version.fields), _counties(session, contact)
        answers = filled.answers if filled else _from_zip(fields, counties)
        return FormToFill(version.id, fields, answers, counties)


def fill(
    house: House, contact_id: uuid.UUID, version_id: int, given: Mapping[str, str], by: uuid.UUID, now: datetime
) -> Filled | None:
    """Keep answers by field key; empty words take one back. None: no such contact or version.

    Only the fields that are given change, so two people who fill different ones do not meet.
    """
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        filled = rows.filled_form(session, contact_id)
        version = rows.form_version(session, filled.version_id if filled else version_id)
        if contact is None or version is None:
            return None
        fields, refused = form_from(version.fields), []
        answers = dict(filled.answers) if filled else _from_zip(fields, _counties(session, contact))
        for field in fields:
            words = given.get(field.key)
            if words is None:
                continue
            answer = read_answer(field, words)
            if answer is not None and field.kind is FieldKind.COUNTY:
                answer = _county(session, answer)
            if answer is not None:
                answers[field.key] = answer
            elif words.strip():
                refused.append(field.key)
            else:
                answers.pop(field.key, None)
        _keep(session, contact_id, version, filled, answers, by, now)
        return Filled(tuple(refused))


def _keep(
    session: Session,
    contact_id: uuid.UUID,
    version: FormVersion,
    filled: FilledForm | None,
    answers: dict[str, str],
    by: uuid.UUID,
    now: datetime,
) -> None:
    if answers == (filled.answers if filled else {}):
        return
    if filled is None:
        filled = FilledForm(contact_id=contact_id, version_id=version.id)
        session.add(filled)
        audit.write(session, "form_begun", by, now, contact_id=contact_id)
    filled.answers, filled.saved_at, filled.saved_by = answers, now, by


def _county(session: Session, words: str) -> str | None:
    """A county as it is written in the ZIP table, from `Suffolk County, MA` in any case; None when there is none."""
    name, _, state = (part.strip() for part in words.rpartition(","))
    return next(
        (county for county in counties_of(session, state.upper()) if county.lower() == f"{name}, {state}".lower()), None
    )


def _from_zip(fields: Form, counties: Sequence[str]) -> dict[str, str]:
    """What a form that is begun knows already: the county of the ZIP code, which nobody is asked twice."""
    return {field.key: counties[0] for field in fields if field.kind is FieldKind.COUNTY and counties}


def _counties(session: Session, contact: Contact) -> tuple[str, ...]:
    known = knowing.value_of(contact, "zip")
    place = zip_code(session, known) if known else None
    if place is None:
        return ()
    of_state = counties_of(session, place.state)
    own = f"{place.county}, {place.state}"
    return tuple(sorted(of_state, key=lambda county: (county != own, county)))


@dataclass(frozen=True)
class FunderReport:
    """Counts of each field, and how many contacts there were in each month, whether a form was filled or not."""

    fields: Sequence[FieldCount]
    contacts: Mapping[str, int]

    @property
    def of(self) -> int:
        """All contacts of the period."""
        return sum(self.contacts.values())


def funder_report(house: House, period: Span, timezone: str) -> FunderReport:
    """Counts for each field over the contacts that began in the period; months are those of the zone (IANA)."""
    with house.db.begin() as session:
        filled = rows.filled_forms(session, *period, timezone)
        counted = count((form_from(fields), answers, month) for fields, answers, month in filled)
        return FunderReport(counted, rows.contacts_by_month(session, *period, timezone))
