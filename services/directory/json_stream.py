"""Reads the objects of one long array inside a JSON file, one at a time, whatever the file's size."""

import json
import re
from collections.abc import Iterator
from typing import Any

from routing.sentence import Sentence
from services.directory.file_reasons import why
from services.directory.files import FilePath

CHUNK = 1 << 16
MAX_OBJECT = 8 << 20  # characters; a facility with all its services has a few thousand
_SEPARATORS = " \t\r\n,"


class BrokenJsonError(ValueError):
    """The file is no complete JSON of the expected shape; `why` is the end of a sentence."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why)
        self.why = why


def in_json(error: BrokenJsonError | UnicodeDecodeError) -> object:
    """What is wrong with a JSON file, for the sentence that refuses it."""
    return error.why if isinstance(error, BrokenJsonError) else error


def head(path: FilePath, size: int = CHUNK) -> str:
    """The first characters of a UTF-8 file."""
    with path.open(encoding="utf-8-sig", errors="strict") as file:
        return file.read(size)


def array_start(text: str, name: str) -> int | None:
    """Where, in the beginning of a file, the first element of the array `name` stands; `""` is a bare array."""
    found = re.match(r"\s*\[", text) if not name else re.search(rf'"{re.escape(name)}"\s*:\s*\[', text)
    return found.end() if found else None


def objects(path: FilePath, name: str) -> Iterator[dict[str, Any]]:
    """The objects of the array; raises BrokenJsonError when the file ends early or holds something else."""
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8-sig") as file:
        buffer = file.read(CHUNK)
        start = array_start(buffer, name)
        if start is None:
            raise BrokenJsonError(why("json_no_list", list=name))
        buffer = buffer[start:].lstrip(_SEPARATORS)
        while not buffer.startswith("]"):
            try:
                value, end = decoder.raw_decode(buffer)
            except RecursionError:
                raise BrokenJsonError(why("json_deep")) from None
            except ValueError:
                more = file.read(CHUNK)
                if not more or len(buffer) > MAX_OBJECT:
                    raise BrokenJsonError(why("json_cut")) from None
                buffer += more
                continue
            if not isinstance(value, dict):
                raise BrokenJsonError(why("json_list_no_object"))
            yield value
            buffer = (buffer[end:] or file.read(CHUNK)).lstrip(_SEPARATORS)
            if not buffer:
                buffer = file.read(CHUNK).lstrip(_SEPARATORS)
                if not buffer:
                    raise BrokenJsonError(why("json_ends"))
