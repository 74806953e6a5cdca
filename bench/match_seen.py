"""How soon another process's next match knows a bed or a correction that was committed here, and what it holds."""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.places import write_csv
from bench.rows import Row
from runtime.embedded import ensure_servers
from runtime.migrate import upgrade

ROOT = Path(__file__).resolve().parents[1]
PLACES, ROUNDS = 13_000, 15
LIMIT_MS = 1_000.0
NEED = {"zip": "02150", "substances": ["clonazepam"]}


def seen_rows() -> list[Row]:
    """Two processes of the product over one database: this one commits, the other one matches."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = stack.enter_context(ensure_servers(folder / "servers", throwaway=True))
        upgrade(servers.database_url)
        environment = {"APP_ENV": "development", "DATABASE_URL": servers.database_url}
        os.environ.update(environment | {"REDIS_URL": servers.redis_url, "LOG_LEVEL": "WARNING"})
        path = folder / "places.csv"
        write_csv(path, PLACES)
        return _measure(path)


def _measure(path: Path) -> list[Row]:
    from routing.vocabulary import BedLevel, ReportKind
    from services.directory.beds import BedsTold, report_beds
    from services.directory.importing import ImportWish, import_directory
    from services.directory.reports import report_facility

    house = build()
    done = import_directory(house, ImportWish(path), datetime.now(UTC))
    if done.errors:
        raise RuntimeError(done.errors[0])
    other = subprocess.Popen(
        [sys.executable, "-m", "bench.match_seen"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        first = _ask(other)
        facility = first["facilities"][-1]
        beds, reports = [], []
        for number in range(ROUNDS):
            open_beds = number % 7 + 1
            began = time.perf_counter()
            report_beds(house, BedsTold(facility, BedLevel.DETOX, open_beds, "call"), datetime.now(UTC))
            answer = _ask(other)
            beds.append((time.perf_counter() - began) * 1000)
            if answer["beds"].get(str(facility)) != open_beds:
                raise RuntimeError("the other process did not see the bed in its next match")
        for facility in first["facilities"][:ROUNDS]:
            for _ in range(2):  # one mistaken key demotes nobody; the second one counts
                began = time.perf_counter()
                report_facility(house, facility, ReportKind.CLOSED, datetime.now(UTC))
            answer = _ask(other)
            reports.append((time.perf_counter() - began) * 1000)
            if facility not in answer["reported"]:
                raise RuntimeError("the other process did not see the correction in its next match")
        return [
            Row("a bed, commit to another process's next match, worst", "ms", max(beds), LIMIT_MS, 1.0, at_least=False),
            Row("a correction, the same, worst", "ms", max(reports), LIMIT_MS, 1.0, at_least=False),
            Row("memory of that process, all in all", "MB", answer["resident_mb"], first["before_mb"], None),
        ]
    finally:
        if other.stdin:
            other.stdin.close()
        other.wait(10)


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
            "resident_mb": resident_mb(),
            "before_mb": before,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
