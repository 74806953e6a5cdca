"""A whole line in virtual time for tests of conversations: simulator, web, and the real task functions."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from models.contacts import Contact, events_of
from models.crypto import lookup_hash
from models.database import Database
from models.people import Counselor, Shift
from routing.vocabulary import Presence, Role
from services import softphone
from services.browser_legs import identity
from services.in_call import By
from simulator import driver
from simulator.clock import as_datetime
from simulator.driver import CallDriver
from simulator.settings import Settings, Timing
from simulator.transport import WsgiTransport
from tests.histories import workers
from tests.histories.network import SlowHttpClient, telephony
from tests.histories.plans import Broken
from tests.histories.stage import BASE_URL, LINE, Stage
from web import degraded, webhooks_in_call

CALLER = "+12125550142"
ALL_WELL = Broken()


class Line:
    """Its phones are `phone(...)`; nothing of ours may fail, and Twilio may complain of nothing."""

    def __init__(self, stage: Stage, broken: Broken = ALL_WELL) -> None:
        stage.empty()
        self.failures: list[str] = []
        settings = Settings(
            account_sid=stage.settings.twilio_account_sid,
            auth_token=stage.settings.twilio_auth_token,
            numbers=(LINE,),
            public_base_url=BASE_URL,
            seed=1,
            timing=Timing(calls_per_second=0, speech=200.0),
        )
        self.sim = driver.in_process(settings, transport=WsgiTransport(stage.app))
        self.engine = self.sim.exchange.engine
        self.workers = workers.Workers(self.engine, broken, self._task_failed)
        self.house, self.web = (
            replace(house, db=Database(house.db.bind, self.workers.nudge)) for house in (stage.worker, stage.web)
        )
        stage.app.extensions |= {"house": self.web, "clock": self.now_at_the_edge}
        http = SlowHttpClient(self.sim.exchange, broken, self.sim.run_for)
        household = workers.Household(self.house, telephony(self.sim.exchange, http), self.engine)
        workers.calls.household = lambda: household  # type: ignore[assignment,return-value]
        for module in (degraded, webhooks_in_call):
            module.log = SimpleNamespace(error=self._webhook_failed)  # type: ignore[attr-defined]

    def now_at_the_edge(self) -> datetime:
        """The moment by the world's clock."""
        return as_datetime(self.engine.now)

    @property
    def now(self) -> datetime:
        return self.now_at_the_edge()

    def _task_failed(self, task: str, error: BaseException | None) -> None:
        self.failures.append(f"{task}: {error!r}")

    def _webhook_failed(self, event: str, exc_info: Exception) -> None:
        self.failures.append(f"{event}: {exc_info!r}")

    def hires(
        self, name: str, phone: str, role: Role = Role.COUNSELOR, presence: Presence = Presence.AVAILABLE
    ) -> uuid.UUID:
        """Somebody of the roster, always on shift; a supervisor is rung only when asked."""
        email = f"{name.lower()}@line.example"
        with self.house.db.begin() as session:
            person = Counselor(
                name=name,
                email=email,
                email_hash=lookup_hash(email),
                phone=phone,
                phone_hash=lookup_hash(phone),
                role=role,
                languages=["en"],
                timezone="America/New_York",
                presence=presence,
                created_at=self.now - timedelta(days=1),
            )
            if role is Role.COUNSELOR:
                person.shifts = [Shift(weekday=day, start_minute=0, end_minute=0) for day in range(7)]
            session.add(person)
            session.flush()
            return person.id

    def in_browser(self, who: uuid.UUID) -> str:
        """Calls ring in this person's browser from now on, for as long as it is believed; its address."""
        self.sim.exchange.clients.enter(identity(who))
        softphone.begin(self.web, who, self.now)
        return f"client:{identity(who)}"

    def answered_in(self, browser: str) -> CallDriver:
        """A click on Answer, once it rings there."""
        phone = self.sim.exchange.phone(browser)
        self.sim.wait_until(lambda: any(call.status == "ringing" for call in phone.live_calls), f"a ring in {browser}")
        return CallDriver(self.sim, browser, phone.live_calls[0].sid).answer()

    def talk(self, counselor_phone: str, number: str = CALLER) -> tuple[CallDriver, CallDriver]:
        """A caller and a counselor who hear each other."""
        caller = self.sim.phone(number).dial()
        counselor = self.sim.phone(counselor_phone).answer(60)
        counselor.wait_heard("Press 1").press("1")
        caller.wait_talking_with(counselor_phone)
        return caller, counselor

    def contact(self) -> Contact:
        """The newest contact, with its legs."""
        with self.house.db.begin() as session:
            found = session.scalars(select(Contact).order_by(Contact.opened_at.desc())).first()
            assert found is not None
            _ = found.legs, found.caller
            return found

    def by_counselor(self) -> By:
        """Whoever has the newest contact, at the console."""
        claimed_by = self.contact().claimed_by
        assert claimed_by is not None
        return By(claimed_by)

    def does(self, action: Any, *args: Any) -> Any:
        """A button of the console, pressed by whoever has the call; what it answers."""
        answer = action(self.web, self.contact().id, self.by_counselor(), *args, self.now)
        self.sim.run_for(2.0)
        return answer

    def story(self) -> list[str]:
        """What the timeline of the newest contact has."""
        with self.house.db.begin() as session:
            return [event.kind for event in events_of(session, self.contact().id)]

    def went_well(self) -> bool:
        """Whether nothing of ours failed and Twilio complained of nothing."""
        assert self.failures == []
        assert self.sim.complaints() == []
        return True
