"""What every benchmark returns, and how it is printed: `name ours baseline ratio target ok`."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One figure against its baseline of the same run. `at_least` says which way the target points."""

    name: str
    unit: str
    ours: float
    baseline: float
    target: float
    at_least: bool = True

    @property
    def ratio(self) -> float:
        """Ours over the baseline."""
        return self.ours / self.baseline if self.baseline else float("inf")

    @property
    def ok(self) -> bool:
        """Whether the ratio reaches the target."""
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target


def show(title: str, rows: Iterable[Row]) -> None:
    """Print rows as a table."""
    print(f"\n{title}")
    print(f"{'name':44} {'ours':>12} {'baseline':>12} {'ratio':>9} {'target':>9}  ok")
    for row in rows:
        sign = ">=" if row.at_least else "<="
        print(
            f"{row.name[:44]:44} {row.ours:>12,.2f} {row.baseline:>12,.2f} {row.ratio:>9.2f} {sign}{row.target:>7.2f}  "
            f"{'yes' if row.ok else 'NO'}  ({row.unit})"
        )


def save(sections: dict[str, Sequence[Row]]) -> None:
    """Write everything to the file that BENCH_JSON names, if it is set."""
    path = os.environ.get("BENCH_JSON")
    if path:
        values = {
            title: [asdict(row) | {"ratio": row.ratio, "ok": row.ok} for row in rows]
            for title, rows in sections.items()
        }
        Path(path).write_text(json.dumps(values, indent=1))
