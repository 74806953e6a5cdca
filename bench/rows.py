"""What every benchmark returns, and how it is printed: `name ours baseline ratio target ok`."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One figure against its baseline of the same run.

    `target` holds for the ratio, or for the figure itself with `of_ours` (a share of right answers); None: only shown.
    `at_least` says which way it points.
    """

    name: str
    unit: str
    ours: float
    baseline: float
    target: float | None
    at_least: bool = True
    of_ours: bool = False

    @property
    def ratio(self) -> float:
        """Ours over the baseline."""
        return self.ours / self.baseline if self.baseline else float("inf")

    @property
    def ok(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        value = self.ours if self.of_ours else self.ratio
        return value >= self.target if self.at_least else value <= self.target


def show(title: str, rows: Iterable[Row]) -> None:
    """Print rows as a table."""
    print(f"\n{title}")
    print(f"{'name':60} {'ours':>12} {'baseline':>12} {'ratio':>9} {'target':>9}  ok")
    for row in rows:
        target = "" if row.target is None else f"{'>=' if row.at_least else '<='}{row.target:.2f}"
        ok = {None: "", True: "yes", False: "NO"}[row.ok]
        figures = f"{row.ours:>12,.3f} {row.baseline:>12,.3f} {row.ratio:>9.2f} {target:>9}"
        print(f"{row.name[:60]:60} {figures}  {ok:3} ({row.unit})")


def save(sections: dict[str, Sequence[Row]]) -> None:
    """Write everything to the file that BENCH_JSON names, if it is set."""
    path = os.environ.get("BENCH_JSON")
    if path:
        values = {
            title: [asdict(row) | {"ratio": row.ratio, "ok": row.ok} for row in rows]
            for title, rows in sections.items()
        }
        Path(path).write_text(json.dumps(values, indent=1))
