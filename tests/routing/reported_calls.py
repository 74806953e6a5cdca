"""Made-up calls for tests of reports: what people did, the timeline that it leaves, and the figures counted by hand."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from routing.reports.journal import Event

START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # a Monday, midnight in New York
WRAP_UP = 60.0
ENDS = ("answered", "gave_up", "callback", "voicemail", "crisis_line", "lost", "open")


@dataclass
class Story:
    """One call as somebody would tell it, in seconds."""

    at: float
    end: str
    wait: float
    rang: float = 0.0  # of the wait's last seconds, how long the one who answered was rung
    backup: bool = False
    talk: float = 0.0
    written: float | None = None  # the disposition, after the talk
    again: tuple[float, bool] | None = None  # a second wait after the talk: how long, and answered?
    reached_later: bool = False
    false_starts: tuple[float, ...] = ()  # shares of the wait at which somebody pressed 1 and was gone 3 s later
    turned_away: bool = False
    contact: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def timed(self) -> bool:
        return self.end not in ("lost", "open")

    def busy(self) -> float:
        """Seconds of counselors' time."""
        wrong = 3.0 * len(self.false_starts)
        if self.end != "answered" or self.backup:
            return wrong
        if self.again is None:
            return wrong + self.rang + self.talk + min(self.written or WRAP_UP, WRAP_UP)
        wait, answered = self.again
        return wrong + self.rang + self.talk + (min(wait - 0.2, WRAP_UP) + 2 + 50 + WRAP_UP if answered else WRAP_UP)


def draw(dice: random.Random) -> Story:
    """Any story."""
    end = dice.choices(ENDS, (60, 12, 6, 5, 4, 2, 1))[0]
    wait = round(dice.choice((dice.uniform(1, 14), dice.uniform(14, 21), dice.uniform(21, 300))), 3)
    story = Story(at=dice.uniform(0, 14 * 86_400), end=end, wait=wait, turned_away=dice.random() < 0.03)
    if end == "answered":
        story.rang, story.backup = dice.uniform(0.5, wait), dice.random() < 0.1
        story.talk, story.written = dice.uniform(5, 1800), dice.choice((None, dice.uniform(1, 300)))
        if not story.backup and dice.random() < 0.1:
            story.again = (dice.uniform(3, 400), dice.random() < 0.5)
    elif end in ("gave_up", "callback", "voicemail"):
        story.reached_later = dice.random() < 0.3
    if wait > 30 and dice.random() < 0.2:
        story.false_starts = (0.2, 0.5)
    return story


def timeline(story: Story, dice: random.Random) -> list[Event]:
    """What the services would have written, with other events in between."""
    events: list[tuple[float, str, dict[str, Any]]] = [(0.0, "call_opened", {})]
    if story.turned_away:
        events.append((0.0, "call_held", {"kind": "challenged"}))
        return _events(story, events)
    if dice.random() < 0.2:
        events += [(0.0, "call_held", {"kind": "challenged"}), (0.5, "challenge_passed", {})]
    for part in story.false_starts:
        leg = str(uuid.uuid4())
        events += [
            (story.wait * part, "ring_planned", {"leg": leg}),
            (story.wait * part, "accepted", {"leg": leg, "counselor": "x"}),
        ]
        events.append((story.wait * part + 3, dice.choice(("gave_back", "claim_expired")), {}))
    for share in (0.3, 0.6):
        events.append((story.wait * share, dice.choice(("next_step", "key", "wait_told")), {}))
    ours = {"leg": "leg", **({"kind": "backup"} if story.backup else {"counselor": "x"})}
    match story.end:
        case "answered":
            events += [(story.wait - story.rang, "ring_planned", ours), (story.wait - 0.2, "accepted", ours)]
            events += [(story.wait, "connected", {}), (story.wait + story.talk, "conversation_ended", {})]
        case "gave_up":
            events.append((story.wait, "caller_left", {}))
        case "callback":
            events.append((story.wait, dice.choice(("callback_requested", "callback_promised")), {}))
        case "voicemail":
            hung_up = [(story.wait + 9, "caller_left", {})] if dice.random() < 0.5 else []
            events += [
                (story.wait, "voicemail_offered", {}),
                *hung_up,
                (story.wait + 10, "voicemail_left", {"seconds": 8}),
            ]
        case "crisis_line":
            events.append((story.wait, "bridged_988", {}))
        case "lost":
            events.append(
                (story.wait, *dice.choice((("missed_altogether", {"talked": False}), ("degraded_nobody", {}))))
            )
    over = story.wait + story.talk
    if story.again is not None:
        wait, taken = story.again
        events.append((over, "waits_again", {}))
        if taken:
            second = {"leg": "second", "counselor": "y"}
            events += [(over + wait - 2, "ring_planned", second), (over + wait - 0.2, "accepted", second)]
            events += [(over + wait, "connected", {}), (over + wait + 50, "conversation_ended", {})]
        else:
            events.append((over + wait, "caller_left", {}))
    elif story.written is not None:
        events.append((over + story.written, "disposition", {"disposition": "information"}))
    if story.reached_later:
        events += [
            (over + 600, "callback_started", {}),
            (over + 630, "callback_reached", {}),
            (over + 631, "connected", {}),
        ]
        events.append((over + 700, "conversation_ended", {}))
    return _events(story, sorted(events, key=lambda event: event[0]))


def _events(story: Story, events: list[tuple[float, str, dict[str, Any]]]) -> list[Event]:
    began = START + timedelta(seconds=story.at)
    return [Event(story.contact, began + timedelta(seconds=at), kind, data) for at, kind, data in events]
