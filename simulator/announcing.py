"""Announcements: a document spoken into a conference, to everybody or to one participant."""

from simulator import twiml
from simulator.conferences import Conference, Seat
from simulator.running import Goto
from simulator.transport import Answer
from simulator.twiml import Broken
from simulator.verbs.speak import spoken
from simulator.webhooks import Hook


def announce(conference: Conference, goto: Goto, seats: list[Seat]) -> None:
    """Fetch the document and let these participants hear it."""
    form = [("AccountSid", conference.exchange.settings.account_sid), ("ConferenceSid", conference.sid)]
    if len(seats) == 1:
        form.append(("CallSid", seats[0].call.sid))
    hook = Hook(goto.kind, goto.url, goto.method, form)
    conference.exchange.webhooks.send(hook, lambda answer: _speak(conference, goto, seats, answer))


def _speak(conference: Conference, goto: Goto, seats: list[Seat], answer: Answer) -> None:
    try:
        if not answer.good:
            raise Broken(11200, f"No good answer from {goto.url}.")
        root = twiml.parse(answer.body, answer.content_type, goto.url).root
    except Broken as broken:
        conference.exchange.journal.error(broken.code, str(broken), url=goto.url)
        conference.report("announcement-fail")
        return
    texts = [spoken(verb) if verb.tag == "Say" else f"♪ {verb.text}" for verb in root if verb.tag in {"Say", "Play"}]
    for seat in seats:
        for text in texts:
            if not seat.gone:
                seat.call.hear(text)
    seconds = sum(len(text) for text in texts) / conference.exchange.settings.timing.speech
    conference.exchange.engine.at(seconds, lambda: conference.report("announcement-end"))
