"""How the line is doing: the oldest thing that is due and not yet started, who waits, and who could answer."""

from datetime import datetime

from services.board import board
from services.house import House


def figures(house: House, now: datetime) -> dict[str, float]:
    """What an operator watches, by name: people and seconds; no name, number or id among them."""
    line = board(house, now)
    since = line.longest_wait_since
    return {
        "waiting": line.waiting_total,
        "talking": line.talking,
        "longest_wait_seconds": (now - since).total_seconds() if since is not None else 0.0,
        "counselors_available": line.available,
        "failed_deliveries": line.failures,
        "oldest_due_seconds": line.late.total_seconds(),
    }
