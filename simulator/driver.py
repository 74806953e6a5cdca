"""Drives pretend phones from a test: in this process, in real or virtual time, or over HTTP. No blind sleeps.

sim = driver.in_process(Settings(...), app)          # virtual time, no network
call = sim.phone("+16175550142").dial()
call.wait_heard("free and confidential")
call.press("1")
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.clock import Clock, VirtualClock
from simulator.exchange import Exchange
from simulator.ports import InProcess, OverHttp, Port
from simulator.settings import Settings
from simulator.transport import Transport, WsgiTransport

__all__ = [
    "CallDriver",
    "InProcess",
    "NeverHappened",
    "OverHttp",
    "PhoneDriver",
    "Simulator",
    "in_process",
    "over_http",
]

PATIENCE = 60.0  # seconds a wait lasts when it is not told: simulated in virtual time, else real on a loaded machine

View = dict[str, Any]


class NeverHappened(AssertionError):
    """What was waited for did not come in time."""


class Simulator:
    """The whole simulated world."""

    def __init__(self, port: Port) -> None:
        self.port = port

    @property
    def exchange(self) -> Exchange:
        """The exchange itself; only of a simulator in this process."""
        if not isinstance(self.port, InProcess):
            raise TypeError("this simulator is another process")
        return self.port.exchange

    def phone(self, number: str, label: str = "") -> PhoneDriver:
        """The pretend phone with this number."""
        self.port.perform("add-phone", number=number, label=label)
        return PhoneDriver(self, number)

    def wait_until(self, reached: Callable[[], bool], what: str, timeout: float = PATIENCE) -> None:
        """Wait until something is true. Raises NeverHappened."""
        if not self.port.run_until(reached, timeout):
            raise NeverHappened(f"Waited {timeout} s in vain for {what}.")

    def run_for(self, seconds: float) -> None:
        """Let simulated seconds pass (virtual time), or real ones."""
        self.port.run_until(lambda: False, seconds)

    def fault(self, area: str, name: str, **details: Any) -> int:
        """Arm a fault (see faults.py); returns its number."""
        return int(self.port.perform("add-fault", area=area, name=name, **details)["number"])

    def clear_faults(self) -> None:
        """Disarm all faults."""
        self.port.perform("remove-fault", all=True)

    def switch(self, **switches: Any) -> None:
        """Choose among undocumented behaviours (see settings.Switches)."""
        self.port.perform("set-switches", **switches)

    def timing(self, **timing: float) -> None:
        """Change how long things take (see settings.Timing)."""
        self.port.perform("set-timing", **timing)

    def reset(self) -> None:
        """Forget everything."""
        self.port.perform("reset")

    def log(self, *kinds: str) -> list[View]:
        """Entries of the log: webhook, rest, call, conference, message, warning, error."""
        entries: list[View] = self.port.perform("view-log", kinds=list(kinds))
        return entries

    def webhooks(self, kind: str) -> list[View]:
        """The webhooks of one kind that were sent, with `params`, `status`, `answer`."""
        return [entry["details"] for entry in self.log("webhook") if entry["text"] == kind]

    def complaints(self) -> list[str]:
        """What Twilio would warn about or fail on; a healthy product leaves this empty."""
        return [f"{entry['details'].get('code')} {entry['text']}" for entry in self.log("warning", "error")]


class PhoneDriver:
    """One pretend phone."""

    def __init__(self, sim: Simulator, number: str) -> None:
        self.sim = sim
        self.number = number

    def view(self) -> View:
        """What the page would show."""
        view: View = self.sim.port.perform("view-phone", number=self.number)
        return view

    def behave(self, kind: str, **details: Any) -> None:
        """Set what it does by itself (see phones.Behaviour)."""
        self.sim.port.perform("behave", number=self.number, kind=kind, **details)

    def dial(self, line: str = "", hide_number: bool = False) -> CallDriver:
        """Call the helpline."""
        view = self.sim.port.perform("dial", number=self.number, line=line, hide_number=hide_number)
        return CallDriver(self.sim, self.number, view["sid"])

    def text(self, body: str, line: str = "", media: list[str] | None = None) -> str:
        """Text the helpline; returns the message's SID."""
        return str(self.sim.port.perform("text", number=self.number, body=body, line=line, media=media or [])["sid"])

    @property
    def texts(self) -> list[str]:
        """The bodies of the texts that came in, oldest first."""
        return [text["body"] for text in self.view()["texts"] if text["direction"] == "in"]

    def wait_text(self, contains: str = "", timeout: float = PATIENCE) -> str:
        """Wait for a text with these words in it (already there counts); returns its body."""
        self.sim.wait_until(
            lambda: any(contains in body for body in self.texts),
            f"a text with {contains!r} at {self.number}; there are {self.texts}",
            timeout,
        )
        return next(body for body in reversed(self.texts) if contains in body)

    @property
    def ringing(self) -> list[CallDriver]:
        """Calls that ring here now."""
        calls = [call for call in self.view()["calls"] if call["status"] == "ringing" and call["direction"] == "in"]
        return [CallDriver(self.sim, self.number, call["sid"]) for call in calls]

    def wait_ring(self, timeout: float = PATIENCE) -> CallDriver:
        """Wait until it rings."""
        self.sim.wait_until(lambda: bool(self.ringing), f"a ring at {self.number}", timeout)
        return self.ringing[0]

    def answer(self, timeout: float = PATIENCE) -> CallDriver:
        """Wait until it rings, and take the call."""
        call = self.wait_ring(timeout)
        call.answer()
        return call


class CallDriver:
    """One call, as the person at the phone has it."""

    def __init__(self, sim: Simulator, number: str, sid: str) -> None:
        self.sim = sim
        self.number = number
        self.sid = sid

    def view(self) -> View:
        """What the page would show."""
        view: View = self.sim.port.perform("view-call", sid=self.sid)
        return view

    def _do(self, name: str, **args: Any) -> CallDriver:
        self.sim.port.perform(name, sid=self.sid, **args)
        return self

    def answer(self) -> CallDriver:
        """Take it."""
        return self._do("answer")

    def decline(self) -> CallDriver:
        """Reject it."""
        return self._do("decline")

    def press(self, keys: str) -> CallDriver:
        """Press keys."""
        return self._do("press", keys=keys)

    def say(self, words: str) -> CallDriver:
        """Say words."""
        return self._do("say", words=words)

    def hang_up(self) -> CallDriver:
        """Hang up."""
        return self._do("hang-up")

    @property
    def status(self) -> str:
        """Twilio's status of the call."""
        return str(self.view()["status"])

    @property
    def heard(self) -> list[str]:
        """All that was heard: prompts, sounds, other people's words; not one's own."""
        return [line["text"] for line in self.view()["heard"] if line["source"] not in {"self", "state"}]

    def talking_with(self) -> list[str]:
        """Numbers of the phones that hear this one and are heard by it."""
        return list(self.view()["talking_with"])

    def wait_heard(self, words: str, timeout: float = PATIENCE) -> CallDriver:
        """Wait until these words were heard (case does not matter; earlier ones count)."""
        self.sim.wait_until(
            lambda: any(words.lower() in line.lower() for line in self.heard),
            f"{words!r} at {self.number}, who heard {self.heard}",
            timeout,
        )
        return self

    def wait_status(self, status: str, timeout: float = PATIENCE) -> CallDriver:
        """Wait for a status."""
        self.sim.wait_until(lambda: self.status == status, f"{status} of {self.number}; it is {self.status}", timeout)
        return self

    def wait_over(self, timeout: float = PATIENCE) -> CallDriver:
        """Wait for the end."""
        self.sim.wait_until(lambda: bool(self.view()["over"]), f"the end of the call of {self.number}", timeout)
        return self

    def wait_talking_with(self, *numbers: str, timeout: float = PATIENCE) -> CallDriver:
        """Wait until exactly these phones and this one hear each other."""
        self.sim.wait_until(
            lambda: set(self.talking_with()) == set(numbers),
            f"{self.number} talking with {numbers}; it talks with {self.talking_with()}",
            timeout,
        )
        return self


def in_process(
    settings: Settings, product: Any = None, *, transport: Transport | None = None, clock: Clock | None = None
) -> Simulator:
    """A simulator of this process, in virtual time unless a clock is given.

    `product` is a WSGI application; a `transport` (a function from Request to Answer) takes its place, such as
    HttpTransport() for a product that listens on a port. With a real clock call `sim.exchange.engine.start()`.
    """
    way_out = transport or WsgiTransport(product)
    return Simulator(InProcess(Exchange(settings, clock or VirtualClock(), way_out)))


def over_http(base_url: str) -> Simulator:
    """A simulator process at this address."""
    return Simulator(OverHttp(base_url))
