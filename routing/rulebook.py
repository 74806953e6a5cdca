"""Compiles the content (flags, substances, payers, mentions, cues) into one phrase book."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from routing.hits import Label
from routing.phrase_book import PhraseBook
from routing.phrase_language import PhraseError, PhraseReader, Row
from routing.places import Towns
from routing.rejoining import Rejoining
from routing.rule_content import TriageContent
from routing.spelling import Speller
from routing.words import fold

CERTAIN = "certain"  # detail of a danger phrase that stands whatever the rest of the text sounds like


Spellings = Mapping[str, tuple[str, ...]]
Readings = frozenset[Row]


def spellings_of(content: TriageContent) -> Spellings:
    """Short forms, folded, and the words each stands for."""
    return {fold(short): tuple(fold(word) for word in long.split()) for short, long in content.spellings.items()}


def word_lists(content: TriageContent) -> Mapping[str, frozenset[str]]:
    """Word lists of the content, folded."""
    return {name: frozenset(fold(word) for word in words) for name, words in content.lists.items()}


def phrase_book(content: TriageContent, spellings: Spellings) -> PhraseBook:
    """Every phrase of the content. Raises `PhraseError` naming the entry whose phrase cannot be read."""
    rows = ((label, row) for label, _, read in _read(content, spellings) for row in read)
    return PhraseBook(rows, word_lists(content)["fillers"])


def doubles(content: TriageContent) -> tuple[str, ...]:
    """Phrases that say the same as another of their entry, and so do nothing: `kind entry: one = other`."""
    first: dict[tuple[Label, Readings], str] = {}
    found: list[str] = []
    for label, text, rows in _read(content, spellings_of(content)):
        same = first.setdefault((replace(label, detail=""), frozenset(rows)), text)
        if same is not text:
            found.append(f"{label.kind} {label.id}: {same} = {text}")
    return tuple(found)


def _read(content: TriageContent, spellings: Spellings) -> Iterator[tuple[Label, str, list[Row]]]:
    """Each phrase with what it means, as written and as rows."""
    groups = {name: tuple(entries) for name, entries in content.groups.items()}
    reader = PhraseReader(spellings, {**groups, "drug": _drug_names(content)})
    labels: dict[Label, Label] = {}  # one and the same for all phrases that mean the same
    for kind, entry, detail, texts in _listed(content):
        for text in texts:
            label = Label(kind, entry, detail, loose=not kind.endswith("_not"), whole=_is_whole(text))
            try:
                yield labels.setdefault(label, label), text, reader.read(text.strip("[]"))
            except PhraseError as error:
                raise PhraseError(f"{kind} {entry}: {error}") from None


def _listed(content: TriageContent) -> Iterator[tuple[str, str, str, Iterable[str]]]:
    """Every list of phrases: kind, id, detail. Kinds that end in `_not` are idioms, taken by the letter."""
    for flag in content.red_flags:
        yield "flag", flag.id, CERTAIN, flag.certain
        yield "flag", flag.id, "", (*flag.says, *flag.says_es)
        yield "flag_not", flag.id, "overlap", (text for text in flag.not_when if ".." not in text)
        yield "flag_not", flag.id, "cover", (text for text in flag.not_when if ".." in text)
        for place, extra in enumerate(flag.alongside):
            yield "alongside", flag.id, str(place), (*extra.says, *extra.says_es)
    for substance in content.substances:
        yield "substance", substance.id, "", substance.names
        yield "substance_not", substance.id, "", substance.not_when
        yield "unclear", substance.id, "", substance.ambiguous
    for payer in content.payers:
        yield "payer", payer.id, "", (*payer.says, *payer.says_es)
        yield "payer_not", payer.id, "", payer.not_when
    for mention in content.mentions:
        yield mention.kind, mention.id, "", (*mention.says, *mention.says_es)
        yield f"{mention.kind}_not", mention.id, "", mention.not_when
    for cue, texts in content.cues:
        yield "cue", cue, "", texts


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


def rejoining(content: TriageContent, book: PhraseBook, mender: Speller) -> Rejoining:
    """One-word names in pieces; a word that the rules know, or a common one, is no piece by itself."""
    names = {fold(name): substance.id for substance in content.substances for name in substance.names}
    lists = word_lists(content)
    known = book.vocabulary | {fold(word) for word in content.ordinary_words} | lists["english"] | lists["spanish"]
    return Rejoining({name: id_ for name, id_ in names.items() if name.isalpha()}, known, mender.mend)
