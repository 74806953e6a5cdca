"""The settings as an admin may read them: where each value comes from, and secrets only as set or not set."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from config.settings import Settings

CONTENT = Path(__file__).parent / "content"
# People's phones: the last digits are enough to know them
NUMBERS = frozenset({"on_call_numbers", "backup_number", "interpreter_number"})


@dataclass(frozen=True)
class ShownSetting:
    """`value` is None for a secret. `source`: `environment`, `default`, or `derived` (filled in for development)."""

    name: str
    value: str | None
    is_set: bool
    source: str


@dataclass(frozen=True)
class ContentFile:
    """A file that a helpline edits: its path in `config/content`, and a short digest by which two hosts compare."""

    path: str
    digest: str


def shown_settings(settings: Settings, env: Mapping[str, str]) -> tuple[ShownSetting, ...]:
    """Every setting in its order. What must not be printed (`repr=False`) is not shown either."""
    return tuple(
        ShownSetting(
            name=name.upper(),
            value=_words(name, getattr(settings, name), secret=not field.repr),
            is_set=bool(getattr(settings, name)),
            source=_source(settings, name, env),
        )
        for name, field in Settings.model_fields.items()
    )


def content_files() -> tuple[ContentFile, ...]:
    """Every content file that this process started with, by path."""
    found = sorted(path for path in CONTENT.rglob("*") if path.suffix in {".toml", ".csv", ".json"})
    digests = ((path, sha256(path.read_bytes()).hexdigest()[:8]) for path in found)
    return tuple(ContentFile(str(path.relative_to(CONTENT)), digest) for path, digest in digests)


def _source(settings: Settings, name: str, env: Mapping[str, str]) -> str:
    if env.get(name.upper(), "").strip():
        return "environment"
    return "derived" if name in settings.model_fields_set else "default"


def _words(name: str, value: Any, *, secret: bool) -> str | None:
    if name in NUMBERS:
        numbers = value if isinstance(value, tuple) else (value,) if value else ()
        return ", ".join(f"••• {number[-2:]}" for number in numbers)
    if secret:
        return None
    return ", ".join(sorted(value)) if isinstance(value, (tuple, frozenset)) else str(value)
