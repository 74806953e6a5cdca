"""Reports over what the real services write: equal to a recount from the rows of contacts and legs."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.contacts import Contact
from models.follow_ups import PLANNED, FollowUp
from models.matches import MatchRecord
from models.people import Counselor
from models.referrals import Referral
from models.voicemails import Voicemail
from routing.reports.journal import WaitEnd
from routing.reports.outcomes import NeedRow
from routing.vocabulary import ContactStatus, Disposition, FollowUpKind, ReferralStatus
from services import (
    callbacks,
    dispositions,
    escalation,
    follow_up_starts,
    hand_over,
    promises,
    releasing,
    roster_page,
    shift_times,
    text_contacts,
    users,
    waiting,
)
from services.house import House
from services.referrals import referring
from services.reports import Period, Report, report
from tests.services.calls import NOON, Stage
from tests.services.referring import FIRST, SECOND, Story
from tests.services.texting import Thread, contact_of

WEEK = Period(date(2026, 3, 2), date(2026, 3, 8), "America/New_York")
WEEK_SECONDS = (WEEK.span.end - WEEK.span.start).total_seconds()


def night(stage: Stage, seed: int) -> float:
    """Eight callers one after the other, each served, lost or let down in some way; the counselor's busy seconds."""
    dice = random.Random(seed)
    counselor, busy = stage.counselor(111), timedelta()
    for number, what in enumerate(
        ("answered", "late", "gave_up", "gone", "answered", "answered", "gave_up", "answered")
    ):
        stage.later(dice.uniform(600, 1200))
        contact = stage.dials(f"+1212555014{number}")
        stage.rings(contact)
        rung = stage.now
        stage.later(dice.uniform(2, 9) if what != "late" else 17)
        if what == "gave_up":
            stage.caller_hangs_up()
            releasing.release(stage.house, stage.network, contact, stage.now)
            stage.hangs_up(111, "no-answer")
            continue
        stage.takes(111)
        stage.later(0.5)
        if what == "gone":  # pressed 1 and was gone: the caller waits on, and leaves
            stage.hangs_up(111)
            busy += stage.now - rung
            stage.later(dice.uniform(20, 40))
            stage.caller_hangs_up()
            continue
        stage.counselor_enters(111)
        stage.caller_enters(contact)
        stage.later(dice.uniform(60, 900))
        stage.hangs_up(111)
        stage.caller_hangs_up()
        stage.later(dice.uniform(5, 50))
        assert dispositions.close(stage.house, contact, counselor, Disposition.INFORMATION, stage.now)
        busy += stage.now - rung
    return busy.total_seconds()


def other_ends(stage: Stage) -> None:
    """Three callers whom nobody answers: one asks to be called back (and is), one leaves a message, one goes to 988."""
    stage.later(700)
    back = stage.dials("+12125550171")
    stage.later(21)
    waiting.greeting_key(stage.house, back, "9", stage.now)
    stage.caller_hangs_up()
    assert callbacks.begin(stage.house, back, stage.now)
    leg = stage.dials_back(back, 111)
    callbacks.picked_up(stage.house, leg.id, "CAback", stage.now)
    assert callbacks.confirmed(stage.house, leg.id, "1", stage.now)
    escalation.join(stage.house, back, stage.now)
    stage.later(700)
    message = stage.dials(None)  # without a number nobody can be called back
    stage.later(33)
    waiting.greeting_key(stage.house, message, "9", stage.now)
    stage.later(12)
    promises.take_voicemail(stage.house, message, "RE1", 12, stage.now)
    stage.later(700)
    crisis = stage.dials("+12125550173")
    stage.later(8)
    waiting.greeting_key(stage.house, crisis, "8", stage.now)


def recount(house: House) -> list[Contact]:
    with house.db.begin() as session:
        return list(session.scalars(select(Contact)))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_report_of_a_night_equals_a_recount_from_the_rows(stage: Stage, seed: int) -> None:
    busy = night(stage, seed)
    found = report(stage.house, WEEK)
    assert found.occupancy == pytest.approx(busy / WEEK_SECONDS)
    rows = recount(stage.house)
    waits = [(row.connected_at - row.opened_at).total_seconds() for row in rows if row.connected_at]
    left = [row for row in rows if row.status is ContactStatus.ABANDONED]
    assert found.calls.offered == len(rows) == 8
    assert found.calls.answered == len(waits) == 5
    assert found.calls.ends[WaitEnd.GAVE_UP] == len(left) == 3
    assert found.calls.within[0] == sum(wait <= 15 for wait in waits) / len(rows)
    assert found.calls.within[1] == sum(wait <= 20 for wait in waits) / len(rows)
    assert found.calls.speed_of_answer == pytest.approx(sum(waits) / len(waits))
    everybody = [*waits, *((row.ended_at - row.opened_at).total_seconds() for row in left if row.ended_at)]
    assert found.calls.longest == pytest.approx(max(everybody))
    assert found.outcomes.dispositions == {"information": 5}
    of_days(found)
    other_ends(stage)
    found, rows = report(stage.house, WEEK), recount(stage.house)
    with stage.house.db.begin() as session:
        owed = session.query(FollowUp).filter_by(kind=FollowUpKind.CALLBACK).all()
        messages = session.query(Voicemail).count()
    assert (len(rows), len(owed), messages) == (11, 1, 1)
    assert found.calls.ends == {
        **dict.fromkeys(WaitEnd, 0),
        WaitEnd.ANSWERED: len(waits),
        WaitEnd.GAVE_UP: sum(row.status is ContactStatus.ABANDONED for row in rows),
        WaitEnd.CALLBACK: len(owed),
        WaitEnd.VOICEMAIL: messages,
        WaitEnd.CRISIS_LINE: sum(row.status is ContactStatus.WITH_CRISIS_LINE for row in rows),
    }
    assert found.calls.reached_later == sum(bool(row.connected_at) for row in rows) - len(waits) == 1


def of_days(found: Report) -> None:
    assert [day for day, figures in found.days if figures.offered] == [NOON.date()]
    assert sum(hour.figures.offered for hour in found.hours) == found.calls.offered


def test_only_contacts_that_began_in_the_period_count_with_all_that_came_later(stage: Stage) -> None:
    stage.counselor(111)
    stage.dials()
    stage.later(timedelta(days=7).total_seconds())
    stage.caller_hangs_up()
    later = Period(date(2026, 3, 9), date(2026, 3, 15), "America/New_York")
    assert report(stage.house, WEEK).calls.ends[WaitEnd.GAVE_UP] == 1
    assert report(stage.house, later).outcomes.contacts == 0


def test_who_has_left_and_shifts_that_were_taken_away_stay_in_the_occupancy_of_the_past(stage: Stage) -> None:
    busy = night(stage, 1)
    ana, by, end = stage.counselor(101), stage.counselor(102, on_shift=False), WEEK.span.end
    before = report(stage.house, WEEK)
    assert before.occupancy == pytest.approx(busy / (2 * WEEK_SECONDS))
    stage.now = end + timedelta(days=1)
    (group, *_) = next(row for row in roster_page.people(stage.house, stage.now) if row.id == ana).shifts
    assert roster_page.remove_shift(stage.house, ana, group.id, by, stage.now)
    gone = next(row for row in roster_page.people(stage.house, stage.now) if row.id == ana)
    assert (gone.shifts, gone.next_shifts) == ((), ())
    assert report(stage.house, WEEK) == before
    with stage.house.db.begin() as session:
        who = session.scalars(select(Counselor.id).where(Counselor.id.not_in((ana, by)))).one()
    assert users.deactivate(stage.house, who, by, stage.now) is None
    assert report(stage.house, WEEK) == before
    stage.later(timedelta(days=1).total_seconds())
    assert users.reactivate(stage.house, who, by, stage.now)
    away = Period(end.date(), end.date() + timedelta(days=2), "UTC")
    stage.later(timedelta(days=3).total_seconds())
    with stage.house.db.begin() as session:
        duty = shift_times.on_duty(session, away.span)
    # Of 72 hours Ana worked the first 28, in the zone of the line; who left was away for 24
    assert sum((span.end - span.start for span in duty), timedelta()) == timedelta(hours=28 + 72 - 24)


def test_texts_referrals_follow_ups_and_unmet_need_equal_a_recount_from_the_rows(told: Story) -> None:
    first, second = told.order()[:2]
    told.register(first, FIRST)
    told.register(second, SECOND)
    told.refer(first)
    told.place_says(FIRST, "2")  # full
    told.told()
    told.caller.text("no thanks")
    other = Thread(told.house, "+16175550124")
    other.now = told.now
    other.text("heroin, 02150, medicaid")
    other.text("counselor")
    taken = contact_of(told.house)
    other.now += timedelta(seconds=40)
    assert hand_over.take_text(told.house, taken.id, told.counselor, other.now)
    other.now += timedelta(hours=1)
    assert dispositions.close(told.house, taken.id, told.counselor, Disposition.REFERRED, other.now)
    assert referring.refer(told.house, taken.id, told.counselor, second, other.now) is None
    listed = Thread(told.house, "+16175550125")
    listed.now = other.now
    listed.text("heroin, 02150, medicaid")
    unclaimed = Thread(told.house, "+16175550126")
    unclaimed.now = other.now
    unclaimed.text("heroin, 02150, medicaid")
    assert referring.refer(told.house, contact_of(told.house).id, told.counselor, first, unclaimed.now) is None
    text_contacts.close_idle(told.house, listed.now + timedelta(hours=13))
    told.caller.now = other.now
    told.place_says(SECOND, "1")
    follow_up_starts.start_due(told.house, told.now)
    other.now = told.now
    other.text("1")
    spring = Period(date(2026, 6, 1), date(2026, 6, 30), "America/New_York")
    found = report(told.house, spring).outcomes
    with told.house.db.begin() as session:
        contacts, places = session.query(Contact).all(), session.query(Referral).all()
        owed = [row for row in session.query(FollowUp) if row.kind in PLANNED and row.last_outcome != "replaced"]
        lists = {row.contact_id: row for row in session.query(MatchRecord).order_by(MatchRecord.at)}
    written = [row.disposition.value for row in contacts if row.disposition and row.status is ContactStatus.CLOSED]
    assert (found.contacts, found.texts, found.texts_wanting, found.texts_taken) == (len(contacts), 4, 1, 1)
    assert found.text_wait == 40.0
    assert found.dispositions == Counter(written) == {"referred": 3, "places_texted": 1}
    assert found.referrals == Counter(row.status.value for row in places)
    of = {row.kind: [each for each in owed if each.kind == row.kind] for row in found.follow_ups}
    assert sum(map(len, of.values())) == len(owed)
    for row in found.follow_ups:
        ended = Counter(each.last_outcome for each in of[row.kind] if each.done_at)
        begun = sum(each.attempts > 0 for each in of[row.kind])
        assert (row.planned, row.begun, row.ends) == (len(of[row.kind]), begun, ended), row.kind
    turned_down = {row.contact_id for row in places} - {
        row.contact_id
        for row in places
        if row.status in (ReferralStatus.ACCEPTED, ReferralStatus.ARRIVED, ReferralStatus.SENT)
    }
    assert all(lists[contact].listing_order for contact in turned_down)
    assert found.by_place == (NeedRow("MA 021", len(contacts), 0, len(turned_down)),)
    assert [row.contacts for row in found.by_payer] == [len(contacts)]
