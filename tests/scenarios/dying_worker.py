"""A real worker that dies by -9 at one chosen instant: `python -m tests.scenarios.dying_worker PLACE worker ...`."""

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from models.database import Wake
from telephony.client import TwilioTelephony
from workers.app import app
from workers.relay import Relay


def die() -> None:
    """The whole worker, parent and children, in this instant."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def between_commit_and_publish() -> None:
    """Die when the first change is committed and nobody was told of it yet."""

    def nudge(self: Relay, wakes: Sequence[Wake]) -> None:
        if any(wake.kind == "outbox" for wake in wakes):
            die()

    Relay.nudge = nudge  # type: ignore[method-assign]


def between_send_and_mark() -> None:
    """Die when the provider has taken the first text and our row does not know it yet."""
    send = TwilioTelephony.send_text

    def send_and_die(self: TwilioTelephony, **message: Any) -> str:
        send(self, **message)
        die()
        raise AssertionError

    TwilioTelephony.send_text = send_and_die  # type: ignore[method-assign]


def between_claim_and_send() -> None:
    """Die when the row says `sending` and the provider has heard nothing."""

    def die_first(self: TwilioTelephony, **message: Any) -> str:
        die()
        raise AssertionError

    TwilioTelephony.send_text = die_first  # type: ignore[method-assign]


PLACES = {
    place.__name__: place for place in (between_commit_and_publish, between_send_and_mark, between_claim_and_send)
}

if __name__ == "__main__":
    PLACES[sys.argv[1]]()
    app.worker_main(sys.argv[2:])
