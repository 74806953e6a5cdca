"""Directory files that came by page, on this host's disk: readable by us alone, and gone when nobody needs them."""

import os
import re
import shutil
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from models.directory_uploads import DirectoryUpload
from services.directory.files import edition_of
from services.house import House

FOLDER = "uploads"
KEPT = timedelta(days=1)  # a file that nobody took over
_EXTENSION = re.compile(r"\.[a-z0-9]{1,7}")


def receive(house: House) -> BinaryIO:
    """A new file to write an upload into while it comes in, mode 0600. Raises OSError (a full or missing disk)."""
    folder = _folder(house)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.part"
    return open(path, "x+b", opener=lambda name, flags: os.open(name, flags, 0o600))


def discard(path: Path) -> None:
    """Remove what came in and was not kept."""
    path.unlink(missing_ok=True)


def extension_of(name: str) -> str:
    """`.csv`, or nothing where a name has no usable one."""
    extension = Path(name).suffix.lower()
    return extension if _EXTENSION.fullmatch(extension) else ""


def edition_in(name: str) -> str:
    """What the name says of its edition (`2026-08-19`, `2026-08`, `2023`): all of it that is kept."""
    return edition_of(Path(name))[0]


def keep(house: House, came: Path, upload: DirectoryUpload) -> None:
    """Put what came in where the worker looks for it."""
    path = file_of(house, upload)
    path.parent.mkdir(mode=0o700)
    came.rename(path)


def file_of(house: House, upload: DirectoryUpload) -> Path:
    """Where the file of an upload stands; its name tells the edition, as the importer reads it from names."""
    name = "-".join(part for part in ("upload", upload.wish.get("edition")) if part)
    return _folder(house) / str(upload.id) / f"{name}{upload.extension}"


def remove(house: House, upload_id: uuid.UUID) -> None:
    """The file of an upload is no longer needed."""
    shutil.rmtree(_folder(house) / str(upload_id), ignore_errors=True)


def remove_old(house: House) -> None:
    """Remove what has lain on this host's disk for a day, whatever became of it."""
    folder, before = _folder(house), time.time() - KEPT.total_seconds()
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.lstat().st_mtime < before:
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                discard(entry)


def _folder(house: House) -> Path:
    if house.local is None:
        raise OSError("this process has no LOCAL_STATE_DIR")
    return house.local.folder(FOLDER)
