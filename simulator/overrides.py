"""Connection overrides in the fragment of a webhook URL (`#rc=2&rp=5xx,ct`), as TWILIO.md 4.2 lists them."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from simulator.transport import ANSWER_SECONDS, CONNECT_SECONDS, Answer

_MAX_RETRIES = 5
_MAX_CONNECT_MS = 10_000
_MAX_ANSWER_MS = 15_000
_SHORTEST_MS = 100


@dataclass(frozen=True)
class Overrides:
    """Time limits in seconds, how many retries, and on which outcomes (4xx, 5xx, ct, rt)."""

    connect: float = CONNECT_SECONDS
    answer: float = ANSWER_SECONDS
    retries: int = 1
    on: frozenset[str] = frozenset({"ct"})

    def retries_on(self, answer: Answer) -> bool:
        """Does this outcome earn another try?"""
        if answer.failure:
            return ("ct" if answer.failure == "connect" else "rt") in self.on
        return f"{answer.status // 100}xx" in self.on


def read(url: str) -> Overrides:
    """The overrides in this URL's fragment; what cannot be read keeps Twilio's default."""
    given = dict(parse_qsl(urlsplit(url).fragment))
    outcomes = frozenset(given.get("rp", "ct").split(","))
    return Overrides(
        connect=_milliseconds(given.get("ct"), CONNECT_SECONDS, _MAX_CONNECT_MS),
        answer=_milliseconds(given.get("rt"), ANSWER_SECONDS, _MAX_ANSWER_MS),
        retries=min(int(given["rc"]), _MAX_RETRIES) if given.get("rc", "").isdigit() else 1,
        on=frozenset({"4xx", "5xx", "ct", "rt"}) if "all" in outcomes else outcomes,
    )


def _milliseconds(text: str | None, default: float, longest: int) -> float:
    if not text or not text.isdigit():
        return default
    return min(max(int(text), _SHORTEST_MS), longest) / 1000
