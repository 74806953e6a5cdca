"""Triage for outside tools: one text, or a corpus of texts, as plain JSON values."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from routing.triage import TriageRules
from routing.understanding import Understanding


class CorpusError(ValueError):
    """A corpus line that cannot be read; the message is a sentence naming the line."""


def as_json(known: Understanding) -> dict[str, Any]:
    """The public shape of `triage --json`: ids of the content files, urgency as in `Urgency`."""
    return {
        "urgency": known.urgency.value,
        "flags": [flag.id for flag in known.flags],
        "substances": [substance.id for substance in known.substances],
        "payer": known.payer,
        "zip": known.zip,
        "level_of_care": known.level_of_care.value if known.level_of_care else None,
        "reasons": list(known.reasons),
    }


def understand(rules: TriageRules, text: str) -> dict[str, Any]:
    """One text, understood."""
    return as_json(rules.understand(text))


def read_corpus(lines: Iterable[str]) -> list[tuple[Any, str]]:
    """`{"id", "text"}` a line; blank lines are passed over. Raises `CorpusError`."""
    corpus = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            raise CorpusError(f'Line {number} is not JSON. Each line reads {{"id": ..., "text": "..."}}.') from None
        if not isinstance(entry, dict) or "id" not in entry or not isinstance(entry.get("text"), str):
            raise CorpusError(f'Line {number} needs an "id" and a "text".')
        corpus.append((entry["id"], entry["text"]))
    return corpus


def understand_corpus(rules: TriageRules, corpus: Iterable[tuple[Any, str]]) -> Iterator[dict[str, Any]]:
    """Each text of a corpus, understood, with its id."""
    for text_id, text in corpus:
        yield {"id": text_id, **understand(rules, text)}


def changes(before: TriageRules, after: TriageRules, corpus: Iterable[tuple[Any, str]]) -> Iterator[dict[str, Any]]:
    """What an edit of the content changes: texts understood differently, with the old and new values that differ."""
    for text_id, text in corpus:
        old, new = understand(before, text), understand(after, text)
        differing = [key for key in old if old[key] != new[key]]
        if differing:
            yield {
                "id": text_id,
                "before": {key: old[key] for key in differing},
                "after": {key: new[key] for key in differing},
            }
