"""Outlives a supervisor that was killed: ends its process groups, then the embedded servers, so that nothing is left.

Told on stdin, one line each: `+PID` a process group began, `-PID` it ended. The end of the input is the supervisor's.
"""

import signal
import sys
from pathlib import Path

from runtime.processes import end_groups

GRACE_SECONDS = 5.0


def main(data_dir: Path) -> None:
    """Read until the supervisor is gone; whatever group has not ended by then is ended here."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        change = groups.add if line.startswith("+") else groups.discard
        change(int(line[1:]))
    if groups:
        end_groups(groups, GRACE_SECONDS)
        from runtime.embedded import stop_unused

        stop_unused(data_dir)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
