"""Woman or man: what the words about the person who needs treatment surely say, and nothing otherwise."""

from collections.abc import Collection
from typing import NamedTuple

FEMALE, MALE = "female", "male"
# Words by which the writer is a person in the text; then a bare "my husband" may be anybody in the story
_FIRST_PERSON = frozenset({"i", "me", "myself", "we", "us", "yo", "nosotros", "estoy", "soy", "tengo", "necesito"})


class Gender(NamedTuple):
    """`known`: female or male, or None; `writers`: it was said of whoever writes."""

    known: str | None = None
    writers: bool = False


def gender(said: Collection[str], words: Collection[str], for_whom: str | None, *, pregnant: bool) -> Gender:
    """Whom the text is about. `said`: ids of the mentions of kind `gender` that stand; `words`: all plain words.

    What somebody needs or takes ("my son needs", "detox for my wife") decides; a relative only named counts where
    nobody else is in the text; what writers say of themselves counts when it is for nobody else.
    """
    if "several" in said or ("writer_uses" in said and not {"he", "she", "he_needs", "she_needs"}.isdisjoint(said)):
        return Gender()
    for her, him in (("she_needs", "he_needs"), ("she", "he")):
        if her in said or him in said:
            sure = (her in said) != (him in said) and (her == "she_needs" or _FIRST_PERSON.isdisjoint(words))
            return Gender((FEMALE if her in said else MALE) if sure else None)
    if for_whom not in (None, "self"):
        return Gender()
    woman, man = "woman" in said or (pregnant and "man" not in said), "man" in said
    return Gender(FEMALE if woman else MALE, writers=True) if woman != man else Gender()
