"""Understands what a caller says or texts: danger, substances, payer, place, and what they want."""

from collections import defaultdict
from collections.abc import Iterable

from routing import care_hint, facts
from routing.context import Context, overlaps
from routing.patterns import Hit, PhraseBook
from routing.rulebook import (
    FlagContent,
    SubstanceContent,
    TriageContent,
    phrase_book,
    speller,
    spellings_of,
    word_lists,
)
from routing.understanding import MOST_URGENT_FIRST, NamedSubstance, RaisedFlag, SetAside, UnclearName, Understanding
from routing.vocabulary import Urgency
from routing.words import Message, read

Hits = dict[str, dict[str, list[Hit]]]  # kind -> id -> hits
UNCLEAR_REACH = 2  # words between "taking" and an ambiguous name
SHORT_ANSWER = 4  # words of a text that may be nothing but an answer


class TriageRules:
    """The content compiled once. `understand` may be called from any thread."""

    def __init__(self, content: TriageContent) -> None:
        """Use `build`."""
        self.version = content.version
        self._spellings = spellings_of(content)
        self._book: PhraseBook = phrase_book(content, self._spellings)
        self._speller = speller(content, self._book)
        self._flags = {flag.id: flag for flag in content.red_flags}
        self._substances = {substance.id: substance for substance in content.substances}
        self._lists = word_lists(content)
        cues = dict(content.cues)
        self._breakers, self._glue = frozenset(cues["breakers"]), frozenset(cues["glue"])

    @classmethod
    def build(cls, content: TriageContent) -> "TriageRules":
        """Compiles the content. Raises `routing.patterns.PhraseError` (a sentence) for a phrase that cannot be read."""
        return cls(content)

    def understand(self, text: str, language_hint: str | None = None, asked: str | None = None) -> Understanding:
        """What `text` tells. `language_hint`: `en` or `es`; `asked`: `what`, `zip`, `payer` or `age`.

        Never raises; time grows with the length of the text, which is read up to 64 K characters.
        """
        message = read(text, self._spellings)
        message.words[:] = [self._speller.mend(word) for word in message.words]
        hits: Hits = defaultdict(lambda: defaultdict(list))
        for hit in self._book.find(message):
            hits[hit.label.kind][hit.label.id].append(hit)
        return self._conclude(message, hits, language_hint, asked)

    def _conclude(self, message: Message, hits: Hits, language_hint: str | None, asked: str | None) -> Understanding:
        named = self._named_substances(message, hits)
        context = self._context(message, hits, named)
        substances = tuple({s.id: _named(s, message, hit) for hit, s in reversed(named)}.values())[::-1]
        flags, set_aside = self._red_flags(message, hits, context, named)
        known = Understanding(
            urgency=next(u for u in MOST_URGENT_FIRST if u is Urgency.NONE or any(f.urgency is u for f in flags)),
            flags=flags,
            set_aside=set_aside,
            substances=substances,
            unclear=self._unclear(message, hits, asked),
            payer=facts.payer(hits, message, asked),
            **facts.person_and_place(message, hits, flags, self._lists, language_hint=language_hint, asked=asked),
        )
        return care_hint.with_hint(known)

    def _context(self, message: Message, hits: Hits, named: list[tuple[Hit, SubstanceContent]]) -> Context:
        named_at = [hit for hit, _ in named]
        return Context(
            message,
            cues=hits["cue"],
            dangers=_flat(hits["flag"]),
            medicines=named_at,
            breakers=self._breakers,
            glue=self._glue,
        )

    def _named_substances(self, message: Message, hits: Hits) -> list[tuple[Hit, SubstanceContent]]:
        """Names that decide by themselves: the longest at each place, no idiom, not denied."""
        found = []
        for substance_id, named in hits["substance"].items():
            idioms = hits["substance_not"].get(substance_id, [])
            found += [hit for hit in named if not overlaps(hit, idioms)]
        found = [hit for hit in found if not any(hit.is_inside(other) for other in found)]
        used = [h for h in hits["cue"]["not_used"] if not overlaps(h, hits["cue"]["still_used"])]
        stopped = hits["flag"]["stopped_abruptly"]
        kept = [hit for hit in found if overlaps(hit, stopped) or not self._denied(message, hit, used)]
        return [(hit, self._substances[hit.label.id]) for hit in sorted(kept, key=lambda hit: (hit.first, hit.last))]

    def _denied(self, message: Message, hit: Hit, cues: Iterable[Hit]) -> bool:
        clauses, words = message.clauses, message.words
        for cue in cues:
            if cue.first <= hit.first <= cue.last:
                return True
            between = words[cue.last + 1 : hit.first]
            near = cue.last < hit.first and len(between) <= UNCLEAR_REACH and clauses[cue.last] == clauses[hit.first]
            if near and not self._breakers & set(between):
                return True
        return False

    def _unclear(self, message: Message, hits: Hits, asked: str | None) -> tuple[UnclearName, ...]:
        """Ambiguous names said of a drug ("doing k"), or given as the whole answer."""
        decided = _flat(hits["substance"])
        answer = asked == "what" and len(message.words) <= SHORT_ANSWER
        meanings: dict[str, list[str]] = {}
        for hit in _flat(hits["unclear"]):
            if overlaps(hit, decided):
                continue
            before = any(
                0 <= hit.first - cue.last - 1 <= UNCLEAR_REACH
                and message.clauses[cue.last] == message.clauses[hit.first]
                for cue in hits["cue"]["using"]
            )
            if before or answer:
                meanings.setdefault(message.quote(hit.first, hit.last), []).append(hit.label.id)
        return tuple(UnclearName(words, tuple(dict.fromkeys(ids))) for words, ids in meanings.items())

    def _red_flags(
        self, message: Message, hits: Hits, context: Context, named: list[tuple[Hit, SubstanceContent]]
    ) -> tuple[tuple[RaisedFlag, ...], tuple[SetAside, ...]]:
        standing: dict[str, list[Hit]] = defaultdict(list)
        history: dict[str, list[Hit]] = defaultdict(list)
        aside: list[SetAside] = []
        companions = {"substance"} | {s.substance_class for _, s in named} if named else set()

        def judge(flag: FlagContent, found: Iterable[Hit]) -> None:
            idioms = hits["flag_not"].get(flag.id, [])
            for hit in sorted(found, key=lambda hit: (hit.first, hit.last)):
                why = "idiom" if overlaps(hit, idioms) else context.verdict(hit, flag.cancelled_by)
                if why is None:
                    standing[flag.id].append(hit)
                    continue
                aside.append(SetAside(flag.id, message.quote(hit.first, hit.last), why))
                if why == "past" and flag.history:
                    history[flag.history].append(hit)

        for flag in self._flags.values():
            judge(flag, hits["flag"].get(flag.id, []))
        for flag in self._flags.values():
            for hit in hits["alongside"].get(flag.id, []):
                needed = flag.alongside[int(hit.label.detail)].with_any
                if companions.intersection(needed) or any(standing.get(name) for name in needed):
                    judge(flag, [hit])
        self._raise_together(standing, named)
        self._drop_harmless_stops(standing, named)
        for flag_id, found in history.items():
            standing[flag_id] += found
        flags = tuple(
            RaisedFlag(
                flag.id,
                flag.action,
                _quotes(message, standing[flag.id]),
                "past" if flag.id in history else "now",
            )
            for flag in self._flags.values()
            if standing.get(flag.id)
        )
        return flags, tuple(aside)

    def _raise_together(self, standing: dict[str, list[Hit]], named: list[tuple[Hit, SubstanceContent]]) -> None:
        for flag in self._flags.values():
            if flag.together:
                ones = [hit for hit, s in named if s.substance_class in flag.together.one_of]
                others = [hit for hit, s in named if s.substance_class in flag.together.with_any]
                if ones and others:
                    standing[flag.id] += [ones[0], others[0]]

    def _drop_harmless_stops(self, standing: dict[str, list[Hit]], named: list[tuple[Hit, SubstanceContent]]) -> None:
        tiers = {s.tier for _, s in named}
        for flag in self._flags.values():
            if flag.only_for_tiers and tiers and not tiers.intersection(flag.only_for_tiers):
                standing.pop(flag.id, None)


def _flat(by_id: dict[str, list[Hit]]) -> list[Hit]:
    return [hit for hits in by_id.values() for hit in hits]


def _quotes(message: Message, hits: list[Hit]) -> tuple[str, ...]:
    """The writer's words, each once, without parts of longer ones."""
    longest = [hit for hit in hits if not any(hit.is_inside(other) for other in hits)]
    ordered = sorted(longest, key=lambda hit: hit.first)
    return tuple(dict.fromkeys(message.quote(hit.first, hit.last) for hit in ordered))


def _named(substance: SubstanceContent, message: Message, hit: Hit) -> NamedSubstance:
    return NamedSubstance(substance.id, substance.substance_class, substance.tier, message.quote(hit.first, hit.last))
