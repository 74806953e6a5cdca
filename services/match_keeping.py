"""Keeps the match of a web or worker process up to date beside its work, so that no match waits for an import."""

import logging
import time

from services.house import House
from services.matching import desk_of

LOOKS_EVERY_SECONDS = 1.0
log = logging.getLogger(__name__)


def keep_fresh(house: House) -> None:
    """Look for imports until the process ends; run in a thread of its own."""
    desk_of(house).kept = True
    failing = False
    while True:
        try:
            look(house)
            failing = False
        except Exception as error:  # whatever fails, the next look tries again
            if not failing:
                log.error("directory_not_read", extra={"error": type(error).__name__})
            failing = True
        time.sleep(LOOKS_EVERY_SECONDS)


def look(house: House) -> None:
    """Read the directory if an import changed it; matches meanwhile go on over what it was."""
    with house.db.begin() as session:
        desk_of(house).renew(session)
