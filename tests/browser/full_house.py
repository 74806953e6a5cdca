"""A line on which something is going on everywhere: what every page is looked at with."""

import uuid
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select, update

from models import outbox
from models.contacts import Contact
from models.directory import Listing
from models.follow_ups import FollowUp
from models.outbox import OutboxRow
from models.people import Counselor, Shift
from models.voicemails import Voicemail
from routing.vocabulary import ContactStatus, FollowUpKind, ReportKind, Urgency
from services import answering, conversation
from services.contact_answers import Given, write_answers
from services.conversation import Inbound
from services.directory.reports import report_facility
from tests.browser.conftest import Console
from tests.browser.test_a_counselors_night import call_in, ring
from web.console import BLUEPRINTS

PAGES = (
    "/contacts",
    "/board",
    "/follow-ups",
    "/referrals",
    "/voicemails",
    "/directory",
    "/directory?q=quay",
    "/information",
    "/information/clonazepam",
    "/blocks",
    "/softphone",
    "/directory/calls",
    "/directory/checks",
    "/directory/pairs",
    "/directory/imports",
    "/directory/quarantine",
    "/reports",
    "/reports/experiments",
    "/reports/form",
    "/reports/neutrality",
    "/coverage",
    "/roster",
    "/shifts",
    "/dispatch",
    "/failures",
    "/admin/api-keys",
    "/admin/audit",
    "/admin/records",
    "/admin/people",
    "/admin/people/new",
    "/admin/retention",
    "/admin/roster-file",
    "/admin/settings",
    "/form",
    "/phrases",
    "/phrases?part=follow_up",
    "/phrases/follow_up.week",
    "/plans",
    "/plans/referral",
    "/setup",
    "/second-factor",
    "/step-up",
)
# Not pages: parts of pages, what only leads on, and files
NO_PAGES = {
    "admin.home",
    "assets.static",
    "audit.as_csv",
    "contacts.live",
    "desk.help_asked",
    "desk.my_line",
    "desk.texters_waiting",
    "desk.today",
    "experiments.as_csv",
    "form_desk.report_csv",
    "imports.sample",
    "neutrality.as_csv",
    "quarantine.as_csv",
    "records.export",
    "reports.csv",
    "setup.called",
    "signing.home",
    "voicemails.sound",
}
# Looked at by stories of their own
ELSEWHERE = {"imports.one", "shift_moves.form", "signing.code", "signing.sign_in", "users.set_password"}


def pages_left_out(addresses: list[str]) -> set[str]:
    """Pages of the console at which nobody looks who looks at these addresses."""
    app = Flask("pages", static_folder=None)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    at = app.url_map.bind("line.example")
    seen = {str(at.match(address.partition("?")[0])[0]) for address in addresses}
    gets = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return gets - seen - NO_PAGES - ELSEWHERE


def fill(console: Console, ana: Counselor) -> list[str]:
    """Something on every page, with Ana on a call; the addresses of all of them, that of her call first."""
    now = datetime.now(UTC)
    with console.house.db.begin() as session:
        for day in range(7):
            session.add(Shift(counselor_id=ana.id, weekday=day, start_minute=8 * 60, end_minute=16 * 60))
    talk = _a_call(console, ana, now)
    text = Inbound(f"SM{uuid.uuid4().hex}", "+16175550164", "+18335550100", "heroin, 02150, medicaid")
    conversation.receive_text(console.house, text, now)
    danger = _in_danger(console, now)
    with console.house.db.begin() as session:
        place = session.scalars(select(Listing.facility_id).order_by(Listing.id.desc())).first() or 0
        caller = session.get_one(Contact, danger).caller_id
    for kind in (ReportKind.FULL, ReportKind.CLOSED):
        assert report_facility(console.house, place, kind, now) is None
    return [
        f"/contacts/{talk}",
        f"/contacts/{danger}",
        f"/contacts/{danger}/rescue",
        f"/admin/records/{danger}",
        f"/admin/records/caller/{caller}",
        f"/directory/{place}",
        f"/roster/{ana.id}",
        f"/admin/people/{ana.id}",
        *PAGES,
    ]


def _a_call(console: Console, ana: Counselor, now: datetime) -> uuid.UUID:
    contact_id = call_in(console, "+16175550163")
    answering.pressed(console.house, ring(console, contact_id, ana), "1", now)
    write_answers(console.house, contact_id, Given({"zip": "02150", "payer": "medicaid"}, "klonopin"), now)
    with console.house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        contact.status, contact.connected_at = ContactStatus.CONNECTED, now
    return contact_id


def _in_danger(console: Console, now: datetime) -> uuid.UUID:
    """Somebody who waits in danger, with a follow-up, a voicemail and a job that did not go well."""
    contact_id, late = call_in(console, "+16175550161"), now - timedelta(hours=1)
    with console.house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        contact.urgency = Urgency.CALL_911
        contact.triage = {
            "zip": {"value": "02150", "source": "keypad"},
            "said": [{"words": "Please help.", "question": "what", "source": "speech", "at": now.isoformat()}],
            "flags": [{"value": "overdose", "source": "speech"}],
        }
        session.add(FollowUp(contact_id=contact_id, kind=FollowUpKind.CHECK_IN, due_at=late, created_at=late))
        outbox.put(session, "workers.texts.send", "texts", contact_id, now=late)
        job = OutboxRow.task == "workers.texts.send"
        session.execute(update(OutboxRow).where(job).values(failures=5, error="KeyError", given_up_at=late))
        sid = f"RE{contact_id.hex}"
        session.add(Voicemail(contact_id=contact_id, recording_sid=sid, received_at=late, deadline_at=late))
    return contact_id
