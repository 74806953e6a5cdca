"""Reads config/content/service_codes.csv: SAMHSA's service codes, their names, and the columns of its exports."""

import csv
from pathlib import Path

from config.content import ContentError

FILE = Path(__file__).parent / "content" / "service_codes.csv"
COLUMNS = ("code", "category", "name", "column_2025", "column_2026", "older_names")


def load_service_codes(path: Path = FILE) -> list[dict[str, str]]:
    """One mapping a code with the keys COLUMNS; several columns or older names are separated by `|`."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ContentError(f"{path.name}: its first row must be {','.join(COLUMNS)}.")
        rows = list(reader)
    codes = [row["code"] for row in rows]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ContentError(f"{path.name}: {', '.join(twice)} stands there twice.")
    return rows
