"""Every sentence the line says or writes, by key, in each language: as shipped, or as an admin changed it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.vocabulary import Language

Words = Mapping[str, Mapping[str, str]]


@dataclass
class Phrases:
    """Sentences by key and language word ("en", "es"), with {placeholders}. `table` is what is said now.

    A change exchanges `table` as a whole, so that threads which read it never meet half of one.
    """

    shipped: Words
    changed: Words = field(default_factory=dict)
    version: int = -1  # of the changes, as the database counts them; -1: not read yet

    def __post_init__(self) -> None:
        self.table: Words = {**self.shipped, **self.changed}

    def change(self, changed: Words) -> None:
        """Say these words instead of the shipped ones, and all others as shipped; unknown keys are left out."""
        self.changed = {key: words for key, words in changed.items() if key in self.shipped}
        self.table = {**self.shipped, **self.changed}

    def text(self, key: str, language: Language, **values: object) -> str:
        """The sentence with its placeholders filled. KeyError: no such key, which is a bug."""
        return self.table[key][language.value].format(**values)
