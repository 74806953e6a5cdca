"""Which substances a message names: without a doubt, or with a name that may mean several."""

from collections.abc import Iterable, Mapping, Sequence

from routing.hits import Hit, Hits, Spans, flat
from routing.rule_content import SubstanceContent
from routing.understanding import UnclearName
from routing.words import Message

NAME_REACH = 2  # words between "taking" or "no" and a name
SHORT_ANSWER = 4  # words of a text that may be nothing but an answer
Named = tuple[Hit, SubstanceContent]


def named_substances(
    catalogue: Mapping[str, SubstanceContent], message: Message, hits: Hits, breakers: frozenset[str]
) -> list[Named]:
    """Names that decide by themselves: the longest at each place, no idiom, not denied; in the order of the text."""
    found = [hit for name in hits["substance"] for hit in _without_idioms(hits, name)]
    longest = Spans(found)
    still_used = Spans(hits["cue"].get("still_used", ()))
    not_used = Spans(cue for cue in hits["cue"].get("not_used", ()) if not still_used.overlap(cue))
    stopped = Spans(hits["flag"].get("stopped_abruptly", ()))
    kept = [
        hit
        for hit in Spans(found)
        if not longest.cover(hit) and (stopped.overlap(hit) or not _denied(message, hit, not_used, breakers))
    ]
    return [(hit, catalogue[hit.label.id]) for hit in kept]


def _without_idioms(hits: Hits, name: str) -> list[Hit]:
    idioms = Spans(hits["substance_not"].get(name, ()))
    return [hit for hit in hits["substance"][name] if not idioms.overlap(hit)]


def _denied(message: Message, hit: Hit, not_used: Spans, breakers: frozenset[str]) -> bool:
    for cue in not_used.near(hit, NAME_REACH):
        if cue.first <= hit.first <= cue.last:
            return True
        near = cue.last < hit.first and message.clauses[cue.last] == message.clauses[hit.first]
        if near and not breakers & set(message.words[cue.last + 1 : hit.first]):
            return True
    return False


def unclear_names(message: Message, hits: Hits, asked: str | None) -> tuple[UnclearName, ...]:
    """Ambiguous names said of a drug ("doing k"), or given as the whole answer to what it is about."""
    decided, using = Spans(flat(hits["substance"])), Spans(hits["cue"].get("using", ()))
    answer = asked in {"what", "name"} and len(message.words) <= SHORT_ANSWER
    meanings: dict[str, list[str]] = {}
    for hit in Spans(flat(hits["unclear"])):
        if not decided.overlap(hit) and (answer or _used(message, hit, using.near(hit, NAME_REACH))):
            meanings.setdefault(message.quote(hit.first, hit.last), []).append(hit.label.id)
    return tuple(UnclearName(words, tuple(dict.fromkeys(ids))) for words, ids in meanings.items())


def _used(message: Message, hit: Hit, cues: Iterable[Hit]) -> bool:
    clauses: Sequence[int] = message.clauses
    return any(cue.last < hit.first and clauses[cue.last] == clauses[hit.first] for cue in cues)
