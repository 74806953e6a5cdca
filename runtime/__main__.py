"""`python -m runtime run`: what `make run` starts."""

import os
import sys


def main(arguments: list[str]) -> int:
    """The exit status of the one command there is."""
    if arguments != ["run"]:
        print("Use `python -m runtime run`.", file=sys.stderr)
        return 2
    from runtime.run import run

    return run(os.environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
