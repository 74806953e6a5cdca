"""Compiles the content (flags, substances, payers, mentions, cues) into one phrase book."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from routing.hits import Label
from routing.phrase_book import PhraseBook
from routing.phrase_language import PhraseError, PhraseReader, Row
from routing.places import TownContent, Towns
from routing.spelling import Speller
from routing.words import fold

CERTAIN = "certain"  # detail of a danger phrase that stands whatever the rest of the text sounds like


class AlongsideContent(Protocol):
    """Phrases that count only beside a flag, a substance class or any substance."""

    @property
    def with_any(self) -> Sequence[str]: ...
    @property
    def says(self) -> Sequence[str]: ...
    @property
    def says_es(self) -> Sequence[str]: ...


class TogetherContent(Protocol):
    """Substance classes that raise a flag when named together."""

    @property
    def one_of(self) -> Sequence[str]: ...
    @property
    def with_any(self) -> Sequence[str]: ...


class SaidContent(Protocol):
    """Something with an id that people say in many ways."""

    @property
    def id(self) -> str: ...
    @property
    def says(self) -> Sequence[str]: ...
    @property
    def says_es(self) -> Sequence[str]: ...
    @property
    def not_when(self) -> Sequence[str]: ...


class FlagContent(SaidContent, Protocol):
    """One red flag of the content."""

    @property
    def action(self) -> str: ...
    @property
    def cancelled_by(self) -> Sequence[str]: ...
    @property
    def history(self) -> str | None: ...
    @property
    def certain(self) -> Sequence[str]: ...
    @property
    def only_for_tiers(self) -> Sequence[str]: ...
    @property
    def alongside(self) -> Sequence[AlongsideContent]: ...
    @property
    def together(self) -> TogetherContent | None: ...


class MentionContent(SaidContent, Protocol):
    """One thing told in passing."""

    @property
    def kind(self) -> str: ...


class SubstanceContent(Protocol):
    """One substance of the catalogue."""

    @property
    def id(self) -> str: ...
    @property
    def substance_class(self) -> str: ...
    @property
    def tier(self) -> str: ...
    @property
    def names(self) -> Sequence[str]: ...
    @property
    def ambiguous(self) -> Sequence[str]: ...
    @property
    def not_when(self) -> Sequence[str]: ...


class LikenessContent(Protocol):
    """What was learnt from the corpus; see `routing.likeness`."""

    @property
    def signs(self) -> Mapping[str, tuple[float, float]]: ...
    @property
    def bias(self) -> tuple[float, float]: ...
    @property
    def raise_from(self) -> float: ...
    @property
    def doubt_below(self) -> float: ...


class TriageContent(Protocol):
    """What triage needs of the content; `config.content.Content` has this shape."""

    @property
    def version(self) -> str: ...
    @property
    def substances(self) -> Sequence[SubstanceContent]: ...
    @property
    def red_flags(self) -> Sequence[FlagContent]: ...
    @property
    def payers(self) -> Sequence[SaidContent]: ...
    @property
    def mentions(self) -> Sequence[MentionContent]: ...
    @property
    def cues(self) -> Iterable[tuple[str, Sequence[str]]]: ...
    @property
    def spellings(self) -> Mapping[str, str]: ...
    @property
    def groups(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def lists(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def ordinary_words(self) -> Sequence[str]: ...
    @property
    def spelling_targets(self) -> Sequence[str]: ...
    @property
    def likeness(self) -> LikenessContent: ...
    @property
    def towns(self) -> TownContent: ...


Spellings = Mapping[str, tuple[str, ...]]


def spellings_of(content: TriageContent) -> Spellings:
    """Short forms, folded, and the words each stands for."""
    return {fold(short): tuple(fold(word) for word in long.split()) for short, long in content.spellings.items()}


def word_lists(content: TriageContent) -> Mapping[str, frozenset[str]]:
    """Word lists of the content, folded."""
    return {name: frozenset(fold(word) for word in words) for name, words in content.lists.items()}


def phrase_book(content: TriageContent, spellings: Spellings) -> PhraseBook:
    """Every phrase of the content. Raises `PhraseError` naming the entry whose phrase cannot be read."""
    groups = {name: tuple(entries) for name, entries in content.groups.items()}
    reader = PhraseReader(spellings, {**groups, "drug": _drug_names(content)})
    phrases: list[tuple[Label, Row]] = []

    def add(kind: str, entry: str, texts: Iterable[str], detail: str = "") -> None:
        loose = not kind.endswith("_not")  # idioms are taken by the letter
        labels = {whole: Label(kind, entry, detail, loose, whole) for whole in (False, True)}
        for text in texts:
            label = labels[_is_whole(text)]
            try:
                phrases.extend((label, row) for row in reader.read(text.strip("[]")))
            except PhraseError as error:
                raise PhraseError(f"{kind} {entry}: {error}") from None

    for flag in content.red_flags:
        add("flag", flag.id, flag.certain, CERTAIN)
        add("flag", flag.id, (*flag.says, *flag.says_es))
        add("flag_not", flag.id, (text for text in flag.not_when if ".." not in text), "overlap")
        add("flag_not", flag.id, (text for text in flag.not_when if ".." in text), "cover")
        for place, extra in enumerate(flag.alongside):
            add("alongside", flag.id, (*extra.says, *extra.says_es), str(place))
    for substance in content.substances:
        add("substance", substance.id, substance.names)
        add("substance_not", substance.id, substance.not_when)
        add("unclear", substance.id, substance.ambiguous)
    for payer in content.payers:
        add("payer", payer.id, (*payer.says, *payer.says_es))
        add("payer_not", payer.id, payer.not_when)
    for mention in content.mentions:
        add(mention.kind, mention.id, (*mention.says, *mention.says_es))
        add(f"{mention.kind}_not", mention.id, mention.not_when)
    for cue, texts in content.cues:
        add("cue", cue, texts)
    return PhraseBook(phrases, word_lists(content)["fillers"])


def _is_whole(phrase: str) -> bool:
    """Whether the phrase is in square brackets: a sentence that is these words and nothing else."""
    return phrase.startswith("[") and phrase.endswith("]")


def _drug_names(content: TriageContent) -> tuple[str, ...]:
    """The group `@drug`: every name of the catalogue that is one word and a substance without a doubt."""
    names = (fold(name) for substance in content.substances for name in substance.names)
    return tuple(sorted({name for name in names if name.isalpha()}))


def speller(content: TriageContent, book: PhraseBook) -> Speller:
    """Mends long words towards drug names and the danger words that the content lists."""
    names = {
        fold(word)
        for substance in content.substances
        for name in substance.names
        if "|" not in name and "*" not in name
        for word in name.replace("-", " ").split()
    }
    targets = names | {fold(word) for word in content.spelling_targets}
    known = book.vocabulary | {fold(word) for word in content.ordinary_words}
    return Speller(targets, known, book.beginnings)


def towns(content: TriageContent, book: PhraseBook) -> Towns:
    """The towns; those called like a word that the rules know are not taken for it."""
    ordinary = {fold(word) for word in content.ordinary_words}
    return Towns(content.towns, book.vocabulary | ordinary, word_lists(content))
