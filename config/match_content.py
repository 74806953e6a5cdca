"""What the match needs from the content files, as plain values for `services.match_desk.build_desk`."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"


class MatchContentError(Exception):
    """The content cannot be used; the text is a sentence for whoever edited the file."""


def load_match_content(root: Path = CONTENT) -> dict[str, Any]:
    """`version`, `settings`, `phrases`, `substances`, `payers`, `flags`; raises MatchContentError.

    `substances`: id, class, tier, detox_codes, name. `payers`: id -> codes. `flags`: id -> action.
    """
    payers = _read(root / "payers.toml").get("payer", [])
    flags = [_read(path) for path in sorted((root / "red_flags").glob("*.toml"))]
    return {
        "version": _version(root),
        "settings": _read(root / "matching.toml"),
        "phrases": _read(root / "phrases" / "match.toml"),
        "substances": [_substance(entry) for entry in _entries(root / "substances")],
        "payers": {entry["id"]: [*entry["samhsa"], *entry.get("match_any_of", ())] for entry in payers},
        "flags": {flag["id"]: flag["action"] for flag in flags},
    }


def _substance(entry: dict[str, Any]) -> dict[str, Any]:
    kept = {name: entry[name] for name in ("id", "class", "tier", "detox_codes")}
    return {**kept, "name": entry["generic"][0] if entry.get("generic") else entry["id"].replace("_", " ")}


def _entries(directory: Path) -> list[dict[str, Any]]:
    return [entry for path in sorted(directory.glob("*.toml")) for entry in _read(path).get("substance", [])]


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MatchContentError(f"{path} cannot be read: {error}.") from error


def _version(root: Path) -> str:
    """Twelve hexadecimal digits over the files that decide a match; any edit changes them."""
    digest = hashlib.sha256()
    decisive = [root / "matching.toml", root / "payers.toml"]
    for folder in ("substances", "red_flags"):
        decisive += sorted((root / folder).glob("*.toml"))
    for path in decisive:
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:12]
