"""Board, presence, what rings for me, and what I owe."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import select

from models import reading
from models.alarms import Alarm
from models.contacts import Contact, Leg
from models.people import AuditEvent, Counselor
from models.texts import TextMessage
from routing.vocabulary import (
    Channel,
    ContactStatus,
    Disposition,
    LegKind,
    LegStatus,
    Presence,
    Role,
    Urgency,
)
from services import owed_endings, readiness
from services.alarms import AlarmKind, raise_alarm
from services.counselor_texts import hear
from services.house import House
from services.roster import import_roster
from tests.fixtures.people import Browser

AddContact = Callable[..., Contact]
SignIn = Callable[[Role], Browser]


def ring(house: House, contact: Contact, person: Counselor, status: LegStatus) -> None:
    with house.db.begin() as session:
        session.add(
            Leg(
                contact_id=contact.id,
                counselor_id=person.id,
                kind=LegKind.COUNSELOR,
                status=status,
                planned_at=datetime.now(UTC),
            )
        )


def test_a_list_that_is_cut_says_how_long_it_is_in_truth(
    house: House, sign_in_as: SignIn, add_contact: AddContact, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in_as(Role.COUNSELOR)
    add_contact(ContactStatus.CONNECTED)
    for waited in (65, 70, 75):
        add_contact(waited=waited)
    monkeypatch.setattr(reading, "live_contacts", partial(reading.live_contacts, limit=2))
    listed = browser.get("/contacts")[1]
    assert 'Waiting <span class="count">3</span>' in listed
    assert "Shown here: 2 of 3" in listed
    assert readiness.figures(house, datetime.now(UTC))["waiting"] == 3, "and so does the gauge"
    board = re.sub(r"<[^>]+>", " ", browser.get("/board")[1])
    assert re.search(r"Waiting\s+3\s", board)
    assert re.search(r"In conversation\s+1\s", board)


def test_the_board_tells_who_waits_and_who_is_on_what(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    browser = sign_in_as(Role.COUNSELOR)
    now = add_contact(waited=65).opened_at + timedelta(seconds=65)
    ring(house, add_contact(ContactStatus.CONNECTED), browser.person, LegStatus.JOINED)
    header = "name,phone,email,role,languages,skills,timezone,shifts\n"
    import_roster(
        house, header + "Bo,617-555-0190,bo@x.example,counselor,en,,UTC,daily 00:00-24:00\n", datetime.now(UTC)
    )
    with time_machine.travel(now, tick=False):
        _, page = browser.get("/board")
    assert "<dd>1</dd>" in page
    assert ">1:05<" in page
    assert page.index('Ana Ruiz</span>\n      <span class="role">') < page.index(">Bo<")
    assert "On shift" in page
    assert "Off shift" in page
    assert ("Who waits" in page, "Nothing rings for them now." in page) == (True, True)


def test_a_text_conversation_is_on_the_board_and_a_supervisor_gives_it_to_somebody_else(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    counselor, supervisor = sign_in_as(Role.COUNSELOR), sign_in_as(Role.SUPERVISOR)
    contact = add_contact(ContactStatus.CONVERSING, channel=Channel.TEXT)
    with house.db.begin() as session:
        raise_alarm(session, AlarmKind.TEXT_DANGER, datetime.now(UTC), subject=contact.id)
    assert "Nobody has answered yet" in supervisor.get("/board/today")[1]
    waits = supervisor.get("/board")[1].split('id="waiting-title"')[1].split("</section>")[0]
    assert (f"waiting-{contact.id}" in waits, "Nothing rings" in waits) == (True, False)
    path, person = f"/contacts/{contact.id}", {"person": str(supervisor.person.id)}
    assert counselor.post(f"{path}/take")[0] == 200
    assert f"With {counselor.person.name}" in supervisor.get("/board/today")[1], "an alarm says how it stands now"
    page = supervisor.get("/board")[1]
    assert ("waiting-title" in page, f"texts-{contact.id}" in page) == (False, True)
    assert counselor.post(f"{path}/reassign-text", **person)[0] == 403
    page = supervisor.get(path)[1]
    assert "Take it over" in page
    parts = [page.index(f'id="{part}"') for part in ("contact-danger", "texts", "notes", "wrap-up", "matches", "story")]
    assert parts == sorted(parts), "on a phone what a counselor writes comes before the places, which may be many"
    status, page = supervisor.post(f"{path}/reassign-text", **person)
    assert (status, "Write to them" in page) == (200, True)
    assert supervisor.post(f"{path}/reassign-text", **person)[0] == 409, "they have it already"
    assert counselor.post(f"{path}/text", body="still mine?")[0] == 409
    with house.db.begin() as session:
        (told,) = session.scalars(select(TextMessage).where(TextMessage.counselor_id == counselor.person.id)).all()
        assert "somebody else goes on" in told.body


def test_who_waits_for_an_answer_by_text_is_told_on_every_page_danger_first(
    sign_in_as: SignIn, add_contact: AddContact
) -> None:
    counselor = sign_in_as(Role.COUNSELOR)
    assert 'hx-get="/texters-waiting"' in counselor.get("/directory")[1]
    add_contact(waited=900)  # by voice: phones ring for them
    assert counselor.get("/texters-waiting")[1].strip() == ""
    calm = add_contact(ContactStatus.CONVERSING, channel=Channel.TEXT, waited=600)
    page = counselor.get("/texters-waiting")[1]
    assert ("Somebody waits for an answer by text" in page, f'href="/contacts/{calm.id}"' in page) == (True, True)
    own = {"HX-Current-URL": f"http://localhost/contacts/{calm.id}"}
    assert counselor.get("/texters-waiting", **own)[1].strip() == ""
    worse = add_contact(ContactStatus.CONVERSING, channel=Channel.TEXT, waited=5, urgency=Urgency.CALL_911)
    page = counselor.get("/texters-waiting")[1]
    assert ("2 people wait" in page, f'href="/contacts/{worse.id}"' in page) == (True, True)
    assert sign_in_as(Role.AUDITOR).get("/texters-waiting")[0] == 403


def test_how_contacts_ended_is_asked_one_at_a_time_and_stands_in_the_header_and_on_the_board(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    browser, now = sign_in_as(Role.COUNSELOR), datetime.now(UTC)
    mine = {"claimed_by": browser.person.id, "ended_at": now}
    first = add_contact(ContactStatus.ENDED, waited=600, number="+16175550147", **mine)
    assert "You owe 1" in browser.get("/my-line")[1]
    assert f"/contacts/{first.id}#wrap-up" in browser.get("/my-line")[1]
    second = add_contact(ContactStatus.ENDED, waited=300, **mine | {"ended_at": now + timedelta(minutes=1)})

    def asked(*after: int) -> list[int]:
        return [owed_endings.ask(house, now + timedelta(minutes=minutes)) for minutes in after]

    def written(body: str, minutes: int) -> dict[uuid.UUID, Disposition | None]:
        at = now + timedelta(minutes=minutes)
        with house.db.begin() as session:
            hear(session, house, browser.person, helpline_number="+18335550100", body=body, now=at)
        with house.db.begin() as session:
            return {contact.id: contact.disposition for contact in session.scalars(select(Contact))}

    assert asked(4, 6) == [0, 1]
    for contact in (first, second):  # as a sweep that began beside that one and saw nobody asked
        assert not owed_endings._ask(house, contact.id, set(), now + timedelta(minutes=6))
    assert asked(7, 8, 61) == [0, 0, 0], "a reply names no contact: one question is open at a time"
    with house.db.begin() as session:
        (alarm,) = session.scalars(select(Alarm)).all()
        assert (alarm.kind, alarm.count, alarm.due_at) == ("ending_owed", 2, None), "for the board alone"
    call = add_contact(ContactStatus.CONNECTED, claimed_by=browser.person.id)
    ring(house, call, browser.person, LegStatus.JOINED)
    told = {first.id: Disposition.INFORMATION, second.id: None, call.id: None}
    assert written("2T", 61) == told, "not on whoever is on the phone by now"
    with house.db.begin() as session:
        assert session.get_one(Contact, first.id).caller.follow_up_texts_ok is True
        assert session.get_one(Contact, call.id).caller.follow_up_texts_ok is None
    assert asked(62) == [0], "they are on a call"
    with house.db.begin() as session:
        session.scalars(select(Leg)).one().ended_at = now
    assert asked(63, 64) == [1, 0]
    assert written("1", 64) == told | {second.id: Disposition.REFERRED}
    assert "You owe" not in browser.get("/my-line")[1]


def test_the_phone_that_rings_is_mine_and_the_contact_comes_up(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    before = add_contact(ContactStatus.CLOSED, waited=600, disposition=Disposition.INFORMATION)
    browser, contact = sign_in_as(Role.COUNSELOR), add_contact()
    assert "banner" not in browser.get("/my-line")[1]
    page = browser.get(f"/contacts/{contact.id}")[1]
    assert "Nothing rings for them now." in page
    assert "danger was heard from this number" not in page
    in_danger = add_contact(ContactStatus.ABANDONED, waited=500, urgency=Urgency.CALL_911)
    page = browser.get(f"/contacts/{contact.id}")[1]
    assert "911 now: danger was heard from this number" in page.split('class="cockpit')[0], "first of all"
    assert f"/contacts/{in_danger.id}" in page.split('class="cockpit')[0]
    with house.db.begin() as session:  # wrapped up
        session.get_one(Contact, in_danger.id).status = ContactStatus.CLOSED
    assert "danger was heard from this number" not in browser.get(f"/contacts/{contact.id}")[1]
    with house.db.begin() as session:
        session.delete(session.get_one(Contact, in_danger.id))
    ring(house, contact, browser.person, LegStatus.RINGING)
    page = browser.get(f"/contacts/{contact.id}")[1]
    head = page.split('id="known"')[0]
    assert f"Ringing</span> {browser.person.name}" in head
    assert "This number before: 1 contact" in head
    assert "Got information" in head
    assert f"/contacts/{before.id}" in head
    assert 'id="wrap-up-later"' in page, "folded while they wait"
    _, page = browser.get("/my-line")
    assert "is ringing your phone" in page
    assert f"/contacts/{contact.id}" in page
    own_page = {"HX-Current-URL": f"http://localhost/contacts/{contact.id}"}
    _, page = browser.get("/my-line", **own_page)
    assert ("is ringing your phone" in page, "Open it" in page) == (True, False), "said there as well, with Answer"
    with house.db.begin() as session:
        session.scalars(select(Leg)).one().kind = LegKind.SUPERVISOR
    _, page = browser.get("/my-line", **own_page)
    assert ("is ringing your phone" in page, "to take part in a call" in page) == (False, True)
    with house.db.begin() as session:
        session.scalars(select(Leg)).one().status = LegStatus.JOINED
    _, page = browser.get("/my-line", **own_page)
    assert ("banner" in page, 'id="presence"' in page, "On a contact" in page) == (False, True, True)
    assert 'id="presence"' not in sign_in_as(Role.AUDITOR).get("/my-line")[1]


def test_presence_is_one_click(house: House, sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.COUNSELOR)
    status, page = browser.post("/presence", presence="away")
    assert status == 200
    assert 'aria-pressed="true"' in page.split("presence-away")[0].rsplit("<button", 1)[1]
    with house.db.begin() as session:
        assert session.get_one(Counselor, browser.person.id).presence is Presence.AWAY
    assert browser.post("/presence", presence="busy")[0] == 400
    assert browser.post("/presence", presence="asleep")[0] == 400


def test_a_supervisor_sets_presence_on_the_board_and_the_counselor_is_told(house: House, sign_in_as: SignIn) -> None:
    supervisor, counselor = sign_in_as(Role.SUPERVISOR), sign_in_as(Role.COUNSELOR)
    url = f"/board/{counselor.person.id}/presence"
    assert supervisor.post(url, presence="busy")[0] == 400
    status, page = supervisor.post(url, presence="away")
    assert status == 200
    assert "to available" in page
    with house.db.begin() as session:
        assert session.get_one(Counselor, counselor.person.id).presence is Presence.AWAY
        assert session.scalars(select(AuditEvent.actor_id).where(AuditEvent.kind == "presence_set_of")).one() == (
            supervisor.person.id
        )
    assert counselor.post(url, presence="available")[0] == 403
    assert not re.search(r"board/[\w-]+/presence", counselor.get("/board")[1])
