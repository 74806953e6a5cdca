"""What the match needs from the content files, as plain values for `services.match_desk.build_desk`."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.content import Content, ContentError

SETTINGS = Path(__file__).parent / "content" / "matching.toml"


def match_content(
    content: Content, phrases: Mapping[str, Mapping[str, str]], settings_file: Path = SETTINGS
) -> dict[str, Any]:
    """`version`, `settings`, `phrases`, `substances`, `payers`, `flags`; raises ContentError with a sentence.

    `substances`: id, class, tier, detox_codes, name. `payers`: id -> codes. `flags`: id -> action.
    """
    try:
        settings = tomllib.loads(settings_file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{settings_file}: cannot be read: {error}.") from error
    decisive: dict[str, Any] = {
        "settings": settings,
        "substances": [
            {
                "id": substance.id,
                "class": substance.substance_class,
                "tier": substance.tier,
                "detox_codes": list(substance.detox_codes),
                "name": substance.generic[0] if substance.generic else substance.id.replace("_", " "),
                "name_es": substance.name_es,
            }
            for substance in content.substances
        ],
        "payers": {payer.id: [*payer.samhsa, *payer.match_any_of] for payer in content.payers},
        "flags": {flag.id: flag.action for flag in content.red_flags},
    }
    return {**decisive, "phrases": dict(phrases), "version": _version(decisive)}


def _version(decisive: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits that change with anything that decides a match, and with nothing else."""
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:12]
