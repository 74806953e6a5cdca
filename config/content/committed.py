"""The content as it was last committed, to compare an edit with."""

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from config.content.loader import HERE

NO_COMMIT = "There is no committed content to compare with here: give --against and the folder of a copy."


@contextmanager
def committed_content(directory: Path = HERE) -> Iterator[Path]:
    """A folder with the committed content of `directory`, for as long as it is needed. Raises `LookupError`."""
    command = ["git", "-C", str(directory), "archive", "HEAD:./"]
    try:
        packed = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - our own folder
    except (OSError, subprocess.CalledProcessError):
        raise LookupError(NO_COMMIT) from None
    with TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
        yield Path(folder)
