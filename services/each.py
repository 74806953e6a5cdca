"""Work on many rows, each in a transaction of its own: one that breaks is logged and holds up no other."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


def each(rows: Iterable[T], act: Callable[[T], bool | None], broke: Callable[[T], object] = lambda _: None) -> int:
    """How many of `rows` `act` says were done. After one that breaks `broke` may put it off."""
    done = 0
    for row in rows:
        try:
            done += bool(act(row))
        except Exception:
            log.exception("row_failed")
            broke(row)
    return done
