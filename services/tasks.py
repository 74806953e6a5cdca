"""The names of the tasks that services ask for through the outbox, and the queues that take them."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from models import outbox

CALLS: Final = "calls"
RING: Final = "workers.calls.ring"
CONNECT: Final = "workers.calls.connect"
RELEASE: Final = "workers.calls.release"
CALL_BACK: Final = "workers.calls.call_back"
PLACE: Final = "workers.calls.place"
MOVE: Final = "workers.calls.move"
LEFT_ALONE: Final = "workers.calls.left_alone"
SEAT: Final = "workers.calls.seat"
DROP: Final = "workers.calls.drop"
KEYS: Final = "workers.calls.keys"
READ_OUT: Final = "workers.calls.read_out"
MATCH: Final = "workers.calls.match"
ASK_BEDS: Final = "workers.calls.ask_beds"
ASK_REFERRAL: Final = "workers.calls.ask_referral"
TEST_CALL: Final = "workers.calls.test_call"
ASK_INTAKE: Final = "workers.calls.ask_intake"


def ask(session: Session, task: str, subject: object, now: datetime) -> None:
    """Have a calls worker do `task(subject id)` once this transaction is committed."""
    outbox.put(session, task, CALLS, subject, now=now)
