"""How long records are kept: config/content/retention.toml, read and checked at start."""

import tomllib
from pathlib import Path

PATH = Path(__file__).parent / "content" / "retention.toml"
KINDS = (
    *("voicemail_sound", "words", "identity", "staff_texts", "sign_ins", "receipts"),
    *("blocks", "test_calls", "settings", "audit"),
)
SHORTEST_AUDIT = 2190  # days; 45 CFR 164.316(b)(2)(i)
SHORTEST_RECEIPTS = 7  # an event may come again for as long as missed ones are looked for


def load_retention(path: Path = PATH) -> dict[str, int]:
    """Days by kind of record. ValueError names what is missing or cannot be."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    unknown, missing = found.keys() - set(KINDS), set(KINDS) - found.keys()
    if unknown or missing:
        raise ValueError(f"{path.name}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    for kind, days in found.items():
        if not isinstance(days, int) or days < 1:
            raise ValueError(f"{path.name}: {kind} wants whole days, at least 1")
    if found["audit"] < SHORTEST_AUDIT:
        raise ValueError(f"{path.name}: audit wants at least {SHORTEST_AUDIT} days")
    if found["receipts"] < SHORTEST_RECEIPTS:
        raise ValueError(f"{path.name}: receipts wants at least {SHORTEST_RECEIPTS} days")
    if not found["voicemail_sound"] <= found["words"] <= found["identity"]:
        raise ValueError(f"{path.name}: the periods must rise: voicemail_sound, words, identity")
    return {kind: found[kind] for kind in KINDS}
