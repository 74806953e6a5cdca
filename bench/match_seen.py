"""How soon another process's next match knows what was committed here, how it reads the directory, what it holds."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.filling import fill_directory
from bench.rows import Row
from runtime.embedded import ensure_servers
from runtime.migrate import upgrade

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 15
LIMIT_MS = 1_000.0
READING_S = 2.5  # a million rows: two seconds beside the half for the arrays
NEED = {"zip": "02150", "substances": ["clonazepam"]}


def seen_rows(sizes: Sequence[int]) -> list[Row]:
    """Two processes of the product over one database: this one commits, the other one matches. Of each size."""
    return [row for places in sizes for row in _rows_of(places)]


def _rows_of(places: int) -> list[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = stack.enter_context(ensure_servers(folder / "servers", throwaway=True))
        upgrade(servers.database_url)
        environment = {"APP_ENV": "development", "DATABASE_URL": servers.database_url}
        os.environ.update(environment | {"REDIS_URL": servers.redis_url, "LOG_LEVEL": "WARNING"})
        house = build()
        try:
            return _measure(house, places)
        finally:
            house.db.bind.dispose()


def _measure(house: Any, places: int) -> list[Row]:
    from routing.vocabulary import BedLevel, ReportKind
    from services.directory.beds import BedsTold, report_beds
    from services.directory.fixes import fix_facility
    from services.directory.reports import report_facility

    with house.db.begin() as session:
        fill_directory(session, places)
    command = [sys.executable, "-m", "bench.match_seen"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        first = _ask(other)
        facility = first["facilities"][-1]
        beds, reports, fixes = [], [], []
        for number in range(ROUNDS):
            open_beds = number % 7 + 1
            began = time.perf_counter()
            report_beds(house, BedsTold(facility, BedLevel.DETOX, open_beds, "call"), datetime.now(UTC))
            answer = _ask(other)
            beds.append((time.perf_counter() - began) * 1000)
            _expect(answer["beds"].get(str(facility)) == open_beds, "bed")
        for facility in first["facilities"][:ROUNDS]:
            for _ in range(2):  # one mistaken key demotes nobody; the second one counts
                began = time.perf_counter()
                report_facility(house, facility, ReportKind.CLOSED, datetime.now(UTC))
            answer = _ask(other)
            reports.append((time.perf_counter() - began) * 1000)
            fell = facility not in answer["facilities"]  # among a million there are fifty others near by
            _expect(fell or facility in answer["reported"], "report")
        for facility in first["facilities"][:ROUNDS]:
            began = time.perf_counter()
            fix_facility(house, facility, "codes_removed", "HID RD", "no detox", datetime.now(UTC), None)
            answer = _ask(other)
            fixes.append((time.perf_counter() - began) * 1000)
            _expect(facility not in answer["facilities"], "correction")
        assert other.stdin
        other.stdin.close()
    label = f"{places:,} places"
    seen = {"a bed": beds, "a report": reports, "a correction": fixes}
    limit = READING_S if places >= 1_000_000 else None
    return [
        *(
            Row(f"{label}, {what} to another process's match, worst", "ms", max(times), LIMIT_MS, 1.0, at_least=False)
            for what, times in seen.items()
        ),
        Row(f"{label}, first match, all read", "s", first["seconds"], limit or 0, limit and 1.0, at_least=False),
        Row(f"{label}, memory of that process, and before", "MB", answer["resident_mb"], first["before_mb"], None),
    ]


def _expect(seen: bool, what: str) -> None:
    if not seen:
        raise RuntimeError(f"the other process did not see the {what} in its next match")


def _ask(other: "subprocess.Popen[str]") -> dict[str, Any]:
    """One match of the other process."""
    assert other.stdin
    assert other.stdout
    other.stdin.write("match\n")
    other.stdin.flush()
    answer: dict[str, Any] = json.loads(other.stdout.readline())
    return answer


def build() -> Any:
    """The product's own house, as the web process has it."""
    from app import create_app

    return create_app().extensions["house"]


def resident_mb() -> float:
    """What this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """The other process: a match for every line on stdin."""
    from services.matching import desk_of, find_matches, read_profiles

    house = build()
    before = resident_mb()
    (profile,) = read_profiles(house, [("", NEED)]).profiles
    for _ in sys.stdin:
        began = time.perf_counter()
        with house.db.begin() as session:
            found = find_matches(desk_of(house), session, profile, datetime.now(UTC), limit=50)
        entries = [place.entry for place in found.places]
        said = {
            entry.facility: dict(phrase.values)
            for entry in entries
            for phrase in entry.reasons
            if phrase.key == "reason.open_bed"
        }
        answer = {
            "facilities": [entry.facility for entry in entries],
            "beds": {facility: values["beds"] for facility, values in said.items()},
            "reported": [e.facility for e in entries if any(p.key.startswith("ask.reported") for p in e.open_points)],
            "seconds": time.perf_counter() - began,
            "resident_mb": resident_mb(),
            "before_mb": before,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
