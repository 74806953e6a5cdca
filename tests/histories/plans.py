"""What happens in one history, as plain data that hypothesis draws, shrinks and prints. Times are virtual seconds."""

from dataclasses import MISSING, dataclass, field, fields
from typing import Any


class Short:
    """Prints only what differs from the defaults: a failed history can be read, and pasted into a test."""

    def __repr__(self) -> str:
        shown = []
        for one in fields(self):  # type: ignore[arg-type]
            default = one.default if one.default_factory is MISSING else one.default_factory()
            value = getattr(self, one.name)
            if default is MISSING or value != default:
                shown.append(f"{one.name}={value!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(frozen=True, repr=False)
class Act(Short):
    """What a caller does: `wait` seconds after the act before, or after `on` (`claim`: somebody pressed 1; `talk`).

    `deed` is keys to press, `hang up`, words to say, or `press: ...`, a button of whoever has the caller.
    """

    wait: float
    deed: str
    on: str = ""


@dataclass(frozen=True, repr=False)
class Pickup(Short):
    """What a phone does when it rings: `kind` is answer, decline, ignore or voicemail.

    Who answers presses `key` after `think` seconds and leaves after `stays` seconds, if not None. `after` counts
    from the first ring.
    """

    kind: str = "answer"
    after: float = 3.0
    key: str = "1"
    think: float = 1.0
    stays: float | None = None


@dataclass(frozen=True, repr=False)
class Caller(Short):
    """Somebody who dials at `at`. Phone 0 is withheld. `back` is what that phone does when we call back."""

    at: float
    phone: int
    acts: tuple[Act, ...] = ()
    back: Pickup = field(default_factory=Pickup)


@dataclass(frozen=True, repr=False)
class Staff(Short):
    """A counselor: what the phone does at the first ring, the second, ... (the last one repeats).

    `browser`: calls are taken in one that is `there`, `silent` (it does not say that it rings) or `gone`; empty: none.
    """

    pickups: tuple[Pickup, ...] = (Pickup(),)
    languages: tuple[str, ...] = ("en",)
    supervisor: bool = False
    on_shift: bool = True
    bad_number: bool = False
    browser: str = ""


@dataclass(frozen=True, repr=False)
class Presence(Short):
    """At `at` a counselor says where they are."""

    at: float
    counselor: int
    presence: str


@dataclass(frozen=True, repr=False)
class Trouble(Short):
    """A fault of the simulator, armed at `at`, that strikes `times` times."""

    at: float
    area: str
    name: str
    target: str
    times: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, repr=False)
class Broken(Short):
    """Trouble on our side: workers that do not run, wakes that are lost, workers killed at a REST request."""

    dead: tuple[tuple[float, float], ...] = ()  # from, for how long
    wakes: tuple[tuple[int, str], ...] = ()  # which one: lost, late, doubled
    kills: tuple[tuple[int, str], ...] = ()  # at which REST request: before or after its effect
    rest_seconds: float = 0.0  # how long Twilio takes to answer


@dataclass(frozen=True, repr=False)
class History(Short):
    """Everything that happens; the same one always goes the same way."""

    callers: tuple[Caller, ...]
    counselors: tuple[Staff, ...]
    on_call: tuple[Pickup, ...] = (Pickup("ignore"),)
    backup: tuple[Pickup, ...] | None = None
    crisis: tuple[Pickup, ...] = (Pickup(),)
    intake: tuple[Pickup, ...] = (Pickup(key=""),)
    interpreter: tuple[Pickup, ...] = (Pickup(key=""),)
    presence: tuple[Presence, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    broken: Broken = Broken()
    switches: tuple[tuple[str, Any], ...] = ()
    calls_per_second: float = 1.0
