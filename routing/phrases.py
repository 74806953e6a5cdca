"""Every sentence the line says or writes, by key, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from routing.vocabulary import Language


@dataclass(frozen=True)
class Phrases:
    """Sentences by key and language word ("en", "es"), with {placeholders}."""

    table: Mapping[str, Mapping[str, str]]

    def text(self, key: str, language: Language, **values: object) -> str:
        """The sentence with its placeholders filled. KeyError: no such key, which is a bug."""
        return self.table[key][language.value].format(**values)
