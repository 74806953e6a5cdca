"""`make histories N=100000`: many random histories; prints the seed of each block, the rate, and shrunk failures."""

import argparse
import sys
import time

from tests.histories.search import own_stage, smallest_failure

BLOCK = 100  # histories of one seed


def main() -> int:
    """The exit status: 1 when a history went wrong."""
    arguments = argparse.ArgumentParser(prog="make histories", description=__doc__)
    arguments.add_argument("-n", "--number", type=int, default=100_000, help="how many histories")
    arguments.add_argument("--seed", type=int, default=0, help="the first block's seed, to go on where a run stopped")
    arguments.add_argument("--block", type=int, default=BLOCK, help="histories of one seed")
    wish = arguments.parse_args()
    began, failures, done = time.monotonic(), 0, 0
    with own_stage() as stage:
        for block in range(wish.seed, wish.seed + -(-wish.number // wish.block)):
            failed = smallest_failure(stage, block, wish.block)
            failures, done = failures + bool(failed), done + wish.block
            rate = done / (time.monotonic() - began)
            print(f"seed {block}: {done} of {wish.number} histories, {rate:.1f} a second, {failures} failures")
            print(failed, end="\n" if failed else "", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
