"""Nothing of a person is told without a live written consent, and what is told is on record."""

import re
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from models.disclosures import disclosures_of
from models.texts import TextMessage
from routing.disclosure import CONSENTABLE, Fact, SharedFor, Told
from routing.sending import Purpose
from routing.vocabulary import TextStatus
from services import disclosure, texts
from services.house import House
from tests.services.consenting import a_consent, a_person, a_place
from tests.services.outside import HELPLINE, NOON, Provider, make_contact, make_counselor
from tests.services.texting import story

TREATMENT = SharedFor.TREATMENT
ROOT = Path(__file__).resolve().parents[2]


def test_a_facility_hears_what_was_agreed_and_it_is_on_record(house: House) -> None:
    with house.db.begin() as session:
        contact, place, ana = a_person(session), a_place(session), make_counselor(session, phone=None)
        consent = a_consent(session, contact, place, (Fact.NAME, Fact.SUBSTANCES, Fact.PAYER, Fact.MENTAL_HEALTH))
        told = disclosure.disclose(session, house, contact, place, TREATMENT, Told.SPOKEN, NOON, actor_id=ana.id)
        assert told is not None
        assert list(told.facts.items()) == [
            (Fact.NAME, "Maria Quinn"),
            (Fact.SUBSTANCES, "alprazolam"),
            (Fact.MENTAL_HEALTH, "yes"),
            (Fact.PAYER, "Medicaid"),
        ]
        assert "42 CFR part 2 prohibits" in told.short_notice
        assert "protected by Federal confidentiality rules" in told.notice
        assert "substances" in told.scope
        assert "age" not in told.scope
        (row,) = disclosures_of(session, contact.id)
        assert (row.consent_id, row.actor_id, row.how, row.facts) == (consent.id, ana.id, Told.SPOKEN, [*told.facts])
        fewer = disclosure.disclose(
            session, house, contact, place, TREATMENT, Told.TEXT, NOON, only=(Fact.PAYER, Fact.AGE)
        )
        assert fewer is not None
        assert list(fewer.facts) == [Fact.PAYER], "less than agreed may be told, never more"


@pytest.mark.parametrize(
    "state", ["live", "unsigned", "over", "revoked", "other place", "other purpose", "about a son", "other contact"]
)
def test_no_fact_is_told_that_no_live_consent_names(house: House, state: str) -> None:
    chance = Random(42)
    with house.db.begin() as session:
        contact = a_person(session)
        contact.triage = {**(contact.triage or {}), "for_whom": {"value": "son" if "son" in state else "self"}}
        later = make_contact(session, contact.caller)
        for turn in range(20):
            agreed = set(chance.sample(CONSENTABLE, chance.randint(0, len(CONSENTABLE))))
            asked = None if turn % 3 else set(chance.sample(list(Fact), 5))
            place, other = a_place(session, f"A{turn}"), a_place(session, f"B{turn}")
            a_consent(
                session,
                later if state == "other contact" else contact,
                other if state == "other place" else place,
                agreed,
                (SharedFor.ARRIVAL if state == "other purpose" else TREATMENT,),
                signed_at=None if state == "unsigned" else NOON,
                revoked_at=NOON if state == "revoked" else None,
                lasts=timedelta() if state == "over" else timedelta(days=1),
            )
            before = len(disclosures_of(session, contact.id))
            told = disclosure.disclose(session, house, contact, place, TREATMENT, Told.LINK, NOON, only=asked)
            rows = disclosures_of(session, contact.id)
            allowed = disclosure.may_disclose(session, contact, place, TREATMENT, NOON)
            if state != "live":
                assert (told, len(rows), allowed) == (None, before, frozenset())
                continue
            assert told is not None
            assert set(told.facts) == (agreed if asked is None else agreed & asked), "all of it is known"
            assert allowed == agreed
            assert [set(row.facts) for row in rows if row.id == told.id] == [set(told.facts)]


@pytest.mark.parametrize("over", ["revoked", "expired", "live"])
def test_a_text_that_tells_something_waits_for_no_consent_that_is_gone(house: House, over: str) -> None:
    provider = Provider()
    with house.db.begin() as session:
        contact, place = a_person(session), a_place(session)
        consent = a_consent(session, contact, place, (Fact.PAYER,))
        told = disclosure.disclose(session, house, contact, place, TREATMENT, Told.TEXT, NOON)
        assert told is not None
        message = texts.queue_text(
            session,
            body="facts",
            purpose=Purpose.REPLY,
            helpline_number=HELPLINE,
            caller=contact.caller,
            disclosure_id=told.id,
            now=NOON,
        )
        consent.revoked_at = NOON if over == "revoked" else None
        consent.expires_at = NOON if over == "expired" else consent.expires_at
    texts.send(house, provider, message.id, NOON)  # type: ignore[arg-type]
    with house.db.begin() as session:
        sent = session.get_one(TextMessage, message.id)
        assert sent.status is (TextStatus.SENT if over == "live" else TextStatus.SUPPRESSED)
    assert len(provider.sent) == (1 if over == "live" else 0)
    assert ("text_suppressed" in story(house, contact)) is (over != "live"), "the contact shows it"


def test_only_the_disclosure_reads_facts_for_others() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for room in ("services", "web", "workers")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"import.*\bdisclosed_facts\b", path.read_text())
    }
    assert readers == {"services/disclosure.py"}
