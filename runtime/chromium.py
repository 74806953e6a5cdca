"""Finds a Chromium for the browser tests, and fetches Debian's when there is none; prints its path."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = (
    "The browser tests need Chromium: install it (Debian: apt-get install chromium), set CHROMIUM to its path, "
    "or leave these tests out with `make test BROWSER=0`."
)


def find() -> str | None:
    """The path of a Chromium: CHROMIUM, else the first known name."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def fetch() -> None:
    """Install Debian's Chromium when we may without being asked anything."""
    if not shutil.which("apt-get"):
        return
    become_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if become_root and (not shutil.which("sudo") or _fails([*become_root, "true"])):
        return
    print(
        "Fetching Debian's Chromium for the browser tests (about 100 MB; some minutes on a slow line).", file=sys.stderr
    )
    quiet = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    if not _fails([*quiet, "update"]):
        _fails([*quiet, "install", "--yes", "--no-install-recommends", "chromium"])


def _fails(command: list[str]) -> bool:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode != 0


def main() -> int:
    """Print the path on stdout; exit status 2 and a sentence when there is no Chromium."""
    if find() is None:
        fetch()
    found = find()
    if found is None:
        print(HOW, file=sys.stderr)
        return 2
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
