"""Reads config/content/phrases/*.toml: every sentence in every language, checked before anybody is greeted with it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

FOLDER = Path(__file__).parent / "content" / "phrases"
LANGUAGES = ("en", "es")


class PhrasesError(Exception):
    """The phrase files cannot be used; the text says which key and why."""


def load_phrases(folder: Path = FOLDER) -> Mapping[str, Mapping[str, str]]:
    """Sentences by key ("text.check_in") and language word; raises PhrasesError naming each wrong key.

    Each file holds tables named by key, each with one sentence a language; all of them use the same {placeholders}.
    """
    table: dict[str, Mapping[str, str]] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        for key, sentences in tomllib.loads(path.read_text(encoding="utf-8")).items():
            problem = _problem(sentences) or ("is in two files" if key in table else "")
            if problem:
                problems.append(f"{path.name}: {key} {problem}.")
            table[key] = sentences
    if problems:
        raise PhrasesError(" ".join(problems))
    return table


def _problem(sentences: object) -> str:
    if not isinstance(sentences, dict) or set(sentences) != set(LANGUAGES):
        return f"needs exactly one sentence for each of {', '.join(LANGUAGES)}"
    if any(not isinstance(sentence, str) or not sentence.strip() for sentence in sentences.values()):
        return "has an empty sentence"
    try:
        named = {language: _placeholders(sentence) for language, sentence in sentences.items()}
    except ValueError:
        return "has a brace that does not close"
    return "" if len(set(named.values())) == 1 else "names different {placeholders} in its languages"


def _placeholders(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)
