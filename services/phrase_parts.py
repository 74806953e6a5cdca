"""Phrases by the occasion on which they are said, so that an admin finds one without knowing its key."""

from collections.abc import Mapping
from functools import cache
from typing import Final

# The parts in the order of the page, each with the beginnings of its keys; of several that fit the longest counts.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "danger": (
        *("voice.danger_", "voice.stay_danger", "voice.blocked_danger", "voice.connecting_988", "voice.988_"),
        *("text.danger_", "text.poison_control"),
    ),
    "greeting": (
        *("voice.emergency", "voice.spanish_", "voice.welcome", "voice.not_live", "voice.funding", "voice.keys"),
        *("voice.confidential", "voice.blocked", "voice.challenged", "voice.goodbye"),
    ),
    "waiting": (
        *("voice.you_are_next", "voice.position", "voice.wait_", "voice.offer", "voice.trying_more"),
        *("voice.connecting", "voice.person_now", "voice.thanks"),
    ),
    "questions": ("voice.ask_", "voice.prescriber_first", "voice.speak_with_doctor"),
    "callbacks": ("voice.callback_", "voice.no_callback_number", "voice.voicemail", "text.callback_"),
    "in_call": ("voice.on_hold", "voice.after", "voice.counselor_lost", "voice.told_", "voice.guest_"),
    "counselor_calls": (
        *("voice.press_one", "voice.already_answered", "voice.caller_left", "voice.not_connected", "voice.passed"),
        "voice.fact_",
    ),
    "staff_line": (
        *("voice.disposition", "voice.cut_off", "voice.reconnecting", "voice.not_reached", "voice.handed_over"),
        *("voice.out_", "voice.staff_", "voice.test_call"),
    ),
    "texting": (
        *("text.hello", "text.anything_else", "text.human_is_coming", "text.counselor_", "text.goodbye", "text.stop"),
        *("text.start", "text.help", "text.no_pictures", "text.still_looking"),
    ),
    "text_questions": ("text.ask_", "text.prescriber_first", "text.speak_with_doctor"),
    "places": ("text.place", "text.payer_", "text.same_places", "text.no_more_places"),
    "information": ("voice.information", "text.information_"),
    "follow_up": ("follow_up.", "text.follow_up_thanks"),
    "referral": ("referral.",),
    "bed": ("bed.",),
    "match_advice": ("match.advice.", "match.heading.", "match.tell.", "match.medication."),
    "match_reason": ("match.reason.",),
    "match_name": ("match.detox_", "match.payer"),
    "match_ask": ("match.ask.",),
    "consent": ("consent.", "disclosure.", "shared_for.", "signs_as.", "text.consent_"),
    "told": ("fact.", "notice.", "voice.fact", "voice.facts"),
    "coverage": ("coverage.",),
    "counselor": ("counselor.",),
    "alarm": ("alarm.",),
    "outage": ("voice.fallback", "voice.degraded_", "voice.static_", "text.fallback", "text.degraded_"),
}
_BEGINNINGS = tuple(
    sorted(((word, part) for part, words in PARTS.items() for word in words), key=lambda pair: -len(pair[0]))
)


@cache
def part_of(key: str) -> str:
    """The part to which a phrase belongs. KeyError: none, which is a bug (a test asks for every phrase)."""
    for beginning, part in _BEGINNINGS:
        if key.startswith(beginning):
            return part
    raise KeyError(key)
