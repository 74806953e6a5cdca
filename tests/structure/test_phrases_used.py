"""Content that does nothing is taken out: sentences that nothing says, phrases that only repeat another."""

import re
from pathlib import Path

from config.content import load_content
from config.phrases import load_phrases
from routing.rulebook import doubles

ROOT = Path(__file__).parents[2]
SPEAKERS = ("config", "routing", "services", "telephony", "web", "workers", "runtime")
FORMED = re.compile(r'f"([a-z_.]{4,})\{')  # the beginning of keys that the code puts together


def test_every_sentence_is_said_somewhere() -> None:
    code = "\n".join(path.read_text() for room in SPEAKERS for path in sorted((ROOT / room).rglob("*.py")))
    content = "\n".join(path.read_text() for path in (ROOT / "config/content").glob("*.toml"))
    said = f"{code}\n{content}".replace("'", '"')
    beginnings = tuple(beginning for beginning in FORMED.findall(code) if beginning != "match.")

    def is_said(key: str) -> bool:
        forms = (key, key.removeprefix("match."))
        return any(f'"{form}"' in said or form.startswith(beginnings) for form in forms)

    assert [key for key in load_phrases() if not is_said(key)] == []


def test_no_phrase_says_the_same_as_another_of_its_entry() -> None:
    assert doubles(load_content()) == ()
