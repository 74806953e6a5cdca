"""How a command says no: sentences on stderr, exit status 2, nothing changed."""

from collections.abc import Sequence
from pathlib import Path

import click

EXIT_STATUS = 2


class Refusal(click.ClickException):
    """Bad input; click prints the sentences and exits with status 2."""

    exit_code = EXIT_STATUS

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """Print the sentences as they are, without click's "Error:" in front of every line."""
        click.echo(self.message, err=True)


def text_of(path: Path) -> str:
    """The words of a UTF-8 file; refuses with a sentence when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal([f"{path} is not UTF-8 text. Save it as CSV UTF-8 and try again."]) from None
    except OSError as error:
        raise Refusal([f"{path} cannot be read: {error.strerror}."]) from None
