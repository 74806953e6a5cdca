"""`make bench`: every benchmark, or those named (`make bench ONLY="webhook match"`), one after another."""

import importlib
import sys

from bench.rows import Row, save, show

SECTIONS = ("webhook", "follow_ups", "triage", "match", "human", "consoles")


def main(names: list[str]) -> int:
    """Run sections; each module has TITLE and run() -> rows. Returns 2 for a name that does not exist."""
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(SECTIONS)}.", file=sys.stderr)
        return 2
    done: dict[str, list[Row]] = {}
    for name in names or SECTIONS:
        module = importlib.import_module(f"bench.{name}")
        rows: list[Row] = module.run()
        done[module.TITLE] = rows
        show(module.TITLE, rows)
    save(done)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
