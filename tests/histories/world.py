"""One history in its world: people, phones, the network and our line, run in virtual time and watched."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

from models.crypto import lookup_hash
from models.database import Database
from models.people import Counselor, Shift
from routing.vocabulary import Presence, Role
from services import counselors, softphone
from services.browser_legs import identity
from simulator import driver
from simulator.clock import as_datetime
from simulator.faults import Fault
from simulator.settings import Settings, Switches, Timing
from simulator.transport import Answer, Request, WsgiTransport
from tests.histories import workers
from tests.histories.console import Console
from tests.histories.network import SlowHttpClient, telephony
from tests.histories.people import Answering, Calling, InBrowser
from tests.histories.plans import History, Pickup
from tests.histories.stage import BACKUP, BASE_URL, INTERPRETER, LINE, ON_CALL, PLACES, Stage
from web import degraded, webhooks_in_call

CRISIS = "988"
CALLERS = [f"+1212555014{digit}" for digit in range(10)]  # the first one withholds its number


def counselor_phone(index: int) -> str:
    """The phone of a history's counselor."""
    return f"+1617555011{index}"


class World:
    """Use `run`; `problems` is what should not have happened."""

    def __init__(self, stage: Stage, history: History) -> None:
        self.stage, self.history, self.problems = stage, history, list[str]()
        self.fell_back = False
        self.reached = set[str]()  # calls of which at least one webhook came to us
        stage.empty()
        settings = Settings(
            account_sid=stage.settings.twilio_account_sid,
            auth_token=stage.settings.twilio_auth_token,
            numbers=(LINE,),
            public_base_url=BASE_URL,
            seed=1,
            switches=Switches(**dict(history.switches)),
            timing=Timing(calls_per_second=history.calls_per_second),
        )
        self.sim = driver.in_process(settings, transport=self._answer)
        self.exchange, self.engine = self.sim.exchange, self.sim.exchange.engine
        self.began = self.engine.now
        self._wsgi = WsgiTransport(stage.app)
        self._build_line()
        self.counselors = [self._hire(index) for index in range(len(history.counselors))]
        self.console = Console(self.web, self.counselors, stage.listings, lambda: as_datetime(self.engine.now))
        self._place_people()
        self._plan_trouble()

    def _build_line(self) -> None:
        """The web's house and the workers', both on this world's clock and wakes."""
        backup = BACKUP if self.history.backup is not None else ""
        self.workers = workers.Workers(self.engine, self.history.broken, self._task_failed)
        self.http = SlowHttpClient(self.exchange, self.history.broken, self.pass_time)
        self.web, self.house = (
            replace(
                house,
                db=Database(house.db.bind, self.workers.nudge),
                rules=replace(house.rules, backup_number=backup),
                clock=lambda: as_datetime(self.engine.now),
            )
            for house in (self.stage.web, self.stage.worker)
        )
        self.stage.app.extensions |= {"house": self.web, "clock": lambda: as_datetime(self.engine.now)}
        household = workers.Household(self.house, telephony(self.exchange, self.http), self.engine)
        for module in (degraded, webhooks_in_call):
            module.log = SimpleNamespace(error=self._webhook_failed)  # type: ignore[attr-defined]
        workers.calls.household = lambda: household  # type: ignore[assignment,return-value]

    def _hire(self, index: int) -> Counselor:
        plan, phone = self.history.counselors[index], counselor_phone(index)
        with self.house.db.begin() as session:
            person = Counselor(
                name=f"Counselor {index}",
                email=f"c{index}@line.example",
                email_hash=lookup_hash(f"c{index}@line.example"),
                phone=phone,
                phone_hash=lookup_hash(phone),
                role=Role.SUPERVISOR if plan.supervisor else Role.COUNSELOR,
                languages=list(plan.languages),
                timezone="America/New_York",
                presence=Presence.AVAILABLE,
                created_at=as_datetime(self.began),
                browser_until=as_datetime(self.began) + timedelta(days=1) if plan.browser else None,
            )
            if plan.on_shift:
                person.shifts = [Shift(weekday=day, start_minute=0, end_minute=0) for day in range(7)]
            session.add(person)
        if plan.browser in ("there", "silent"):
            self.exchange.clients.enter(identity(person.id))
        return person

    def _place_people(self) -> None:
        history = self.history
        phones: list[tuple[str, tuple[Pickup, ...]]] = [(ON_CALL, history.on_call), (CRISIS, history.crisis)]
        phones += [(counselor_phone(index), plan.pickups) for index, plan in enumerate(history.counselors)]
        phones += [(INTERPRETER, history.interpreter), *((number, history.intake) for number in PLACES)]
        phones += [(BACKUP, history.backup)] if history.backup is not None else []
        phones += [(CALLERS[plan.phone], (plan.back,)) for plan in history.callers if plan.phone]
        self.answering = [
            Answering(self.exchange, self.exchange.phone(number), plan, self._one_pressed)
            for number, plan in dict(phones).items()
        ]
        self.answering += [
            InBrowser(
                self.exchange,
                self.exchange.phone(f"client:{identity(person.id)}"),
                plan.pickups,
                self._one_pressed,
                partial(self._window_says, person, plan.browser == "silent"),
            )
            for person, plan in zip(self.counselors, history.counselors, strict=True)
            if plan.browser
        ]
        self.callers = [
            Calling(self.exchange, plan, CALLERS[plan.phone], self.console, index)
            for index, plan in enumerate(history.callers)
        ]
        for index, plan in enumerate(history.counselors):
            if plan.bad_number:
                self.sim.phone(counselor_phone(index)).behave("invalid")

    def _plan_trouble(self) -> None:
        for trouble in self.history.troubles:
            fault = Fault(trouble.area, trouble.name, trouble.target, times=trouble.times, seconds=trouble.seconds)
            self.engine.at(trouble.at, partial(self.exchange.faults.add, fault))
        for said in self.history.presence:
            if said.counselor < len(self.counselors):
                self.engine.at(said.at, partial(self.says, said.counselor, Presence(said.presence)))

    def says(self, counselor: int, presence: Presence) -> None:
        """A counselor tells the line where they are."""
        counselors.set_presence(self.house, self.counselors[counselor].id, presence, as_datetime(self.engine.now))

    def _window_says(self, person: Counselor, silent: bool, what: str) -> None:
        """The window in which a counselor takes calls tells the console."""
        now = as_datetime(self.engine.now)
        if what == "decline":
            softphone.decline(self.web, person.id, now)
        elif not silent:
            softphone.heard(self.web, person.id, now)

    def _one_pressed(self) -> None:
        for caller in self.callers:
            caller.somebody_pressed_one()

    def _task_failed(self, task: str, error: BaseException | None) -> None:
        self.problem(f"{task} failed: {type(error).__name__}: {error}"[:400])

    def _webhook_failed(self, event: str, exc_info: Exception) -> None:
        """A caller hears something even then, but it is a mistake of ours."""
        self.problem(f"{event}: {type(exc_info).__name__}: {exc_info}"[:400])

    def _answer(self, request: Request) -> Answer:
        """The product's answer to a webhook, which is never a failure."""
        self.reached.add(dict(request.form).get("CallSid", ""))
        answer = self._wsgi(request)
        path = request.url.removeprefix(BASE_URL)
        self.fell_back |= path == "/voice/fallback"
        if answer.status >= 400:
            self.problem(f"{path} answered {answer.status}")
        return answer

    def problem(self, what: str) -> None:
        """Note, once, that something should not have happened."""
        line = f"{self.engine.now - self.began:7.2f} {what}"
        if all(what != known.split(maxsplit=1)[1] for known in self.problems):
            self.problems.append(line)

    def pass_time(self, seconds: float) -> None:
        """Let virtual time pass, with everything that happens in it, looking at each step."""
        until = self.engine.now + seconds
        while self.engine.step(until):
            self.look()

    def look(self) -> None:
        """People notice what has changed; then whoever watches does."""
        for person in self.answering:
            person.look()
        for caller in self.callers:
            caller.look()
        self.watch()

    def watch(self) -> None:
        """Replaced by the checks."""
