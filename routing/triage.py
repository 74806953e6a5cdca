"""Understands what a caller says or texts: danger, substances, payer, place, and what they want."""

from difflib import get_close_matches

from routing import care_hint, facts
from routing.context import Context
from routing.dangers import Dangers
from routing.hits import Hits, by_kind
from routing.likeness import DESPAIR, EMERGENCY, Likeness
from routing.naming import Named, named_substances, unclear_names
from routing.rule_content import TriageContent
from routing.rulebook import phrase_book, rejoining, speller, spellings_of, towns, word_lists
from routing.understanding import NamedSubstance, Understanding
from routing.vocabulary import most_urgent
from routing.words import Message, fold, read, spell_out

LIKENESS = 0.6  # share of letters in common from which a name is worth suggesting
LEAST_WEIGHED = 4  # words beside harmless phrases
MAX_REMEMBERED = 50_000  # words as written whose plain words are kept at hand


class TriageRules:
    """The content compiled once. `understand` may be called from any thread."""

    def __init__(self, content: TriageContent) -> None:
        """Use `build`."""
        self.version = content.version
        self._spellings = spellings_of(content)
        self._book = phrase_book(content, self._spellings)
        self._speller = speller(content, self._book)
        self._rejoining = rejoining(content, self._book, self._speller)
        self._flags = {flag.id: flag for flag in content.red_flags}
        self._catalogue = {substance.id: substance for substance in content.substances}
        self._actions = {flag.id: flag.action for flag in content.red_flags}
        learnt = content.likeness
        self._likeness = Likeness(
            learnt.signs, learnt.bias, raise_from=learnt.raise_from, doubt_below=learnt.doubt_below
        )
        self._lists = word_lists(content)
        self._towns = towns(content, self._book)
        self._seen: dict[str, tuple[str, ...]] = {}
        cues = dict(content.cues)
        self._breakers, self._glue = frozenset(cues["breakers"]), frozenset(cues["glue"])

    @classmethod
    def build(cls, content: TriageContent) -> "TriageRules":
        """Compiles the content. Raises `phrase_language.PhraseError` (a sentence) for a phrase that cannot be read."""
        return cls(content)

    def understand(self, text: str, language_hint: str | None = None, asked: str | None = None) -> Understanding:
        """What `text` tells. `language_hint`: `en` or `es`; `asked`: `what`, `zip`, `payer` or `age`.

        Never raises; time grows with the length of the text, which is read up to 64 K characters.
        """
        message = read(text, self.plain)
        hits = by_kind([*self._book.find(message), *self._rejoining.find(message)])
        named = named_substances(self._catalogue, message, hits, self._breakers)
        dangers = Dangers(self._flags, message, hits, named)
        flags, set_aside = dangers.judge(self._context(message, hits, named, dangers))
        flags, doubted = self._likeness.second_look(
            _weighed(message, hits), flags, self._actions, certain=dangers.certain(), explained=bool(set_aside)
        )
        known = Understanding(
            urgency=most_urgent(flag.urgency for flag in flags),
            flags=flags,
            set_aside=set_aside + doubted,
            substances=_each_once(message, named),
            unclear=unclear_names(message, hits, asked),
            payer=facts.payer(hits, message, asked),
            **facts.person_and_place(
                message, hits, flags, self._lists, self._towns, language_hint=language_hint, asked=asked
            ),
        )
        return care_hint.with_hint(known)

    def near_substances(self, word: str, most: int = 5) -> tuple[str, ...]:
        """Ids of substances with a name that looks like `word`, nearest first; none when nothing is like it."""
        named = {fold(n): id_ for id_, substance in self._catalogue.items() for n in (id_, *substance.names)}
        return tuple(dict.fromkeys(named[n] for n in get_close_matches(fold(word), sorted(named), most, LIKENESS)))

    def plain(self, written: str) -> tuple[str, ...]:
        """The words of the rules that one word as written stands for, spelled as the rules spell them."""
        words = self._seen.get(written)
        if words is None:
            words = tuple(self._speller.mend(word) for word in spell_out(fold(written), self._spellings))
            if len(self._seen) < MAX_REMEMBERED:
                self._seen[written] = words
        return words

    def _context(self, message: Message, hits: Hits, named: list[Named], dangers: Dangers) -> Context:
        return Context(
            message,
            cues=hits["cue"],
            dangers=dangers.phrases(),
            medicines=[hit for hit, _ in named],
            breakers=self._breakers,
            glue=self._glue,
        )


def _weighed(message: Message, hits: Hits) -> Message:
    """What is weighed by its sound: all but the phrases that sound like danger and are none (`not_when` there).

    A few words that are left over tell nothing: then nothing is weighed.
    """
    harmless = (hit for flag in (EMERGENCY, DESPAIR) for hit in hits["flag_not"].get(flag, ()))
    places = {place for hit in harmless for place in range(hit.first, hit.last + 1)}
    few_left = bool(places) and len(message.words) - len(places) < LEAST_WEIGHED
    return message.without(range(len(message.words)) if few_left else places) if places else message


def _each_once(message: Message, named: list[Named]) -> tuple[NamedSubstance, ...]:
    """Each substance once, with the words that named it first."""
    first: dict[str, NamedSubstance] = {}
    for hit, substance in named:
        words = message.quote(hit.first, hit.last)
        first.setdefault(substance.id, NamedSubstance(substance.id, substance.substance_class, substance.tier, words))
    return tuple(first.values())
