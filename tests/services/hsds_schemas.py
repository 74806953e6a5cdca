"""HSDS 3.0 as published, where a folder `domain/data/hsds-3.0` lies near the checkout; it is not ours to carry."""

import gzip
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOUND = [path for up in ROOT.parents for path in up.glob("*/domain/data/hsds-3.0/schema/compiled")]
TYPES: dict[str, Any] = {"string": str, "number": (int, float), "object": dict, "array": list}
FORMATS = {
    "uuid": re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"),
    "uri": re.compile(r"[a-z][a-z0-9+.-]*:[!-~]+"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
    "email": re.compile(r"\S+@\S+"),
}


@cache
def schema(name: str) -> dict[str, Any] | None:
    """The compiled schema, such as `service`; None when no folder is found."""
    for folder in FOUND[:1]:
        packed = folder / f"{name}.json.gz"
        text = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / f"{name}.json").read_bytes()
        found: dict[str, Any] = json.loads(text)
        return found
    return None


def differences(name: str, value: Any) -> list[str]:
    """Where a value breaks the schema of this name, by the keywords that HSDS uses; nothing without schemas."""
    wanted = schema(name)
    return [] if wanted is None else _differences(wanted, value, name)


def _differences(wanted: dict[str, Any], value: Any, at: str) -> list[str]:
    kind, form = wanted.get("type"), FORMATS.get(wanted.get("format", ""))
    if kind and not isinstance(value, TYPES[kind]):
        return [f"{at} is no {kind}"]
    found = [f"{at} lacks {name}" for name in wanted.get("required", ()) if name not in value]
    if "enum" in wanted and value not in wanted["enum"]:
        found.append(f"{at} is none of {wanted['enum']}")
    if form is not None and not form.fullmatch(value):
        found.append(f"{at} is no {wanted['format']}: {value}")
    if kind == "array":
        for number, each in enumerate(value):
            found += _differences(wanted.get("items", {}), each, f"{at}[{number}]")
    for name, inner in wanted.get("properties", {}).items():
        if kind == "object" and name in value:
            found += _differences(inner, value[name], f"{at}.{name}")
    return found
