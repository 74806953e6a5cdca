"""Whether a danger phrase means danger now: negation, time, fear, reason for use, mourning."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from routing.hits import NOWHERE, Hit, Spans
from routing.words import Message

NEGATION_REACH = 3  # words that may stand between "no" and what it negates
FAR_NEGATION_REACH = 5
OWN_NEGATION = 2  # words at the beginning of a phrase in which its own "not" stands
LIST_REACH = 3
LONG = 8  # words from which a phrase holds more than one thought, so that a time within it may be of either
CLAIM_REACH = 6  # words of a danger phrase whose own "no" negates nothing else
TIME_REACH = 14
OTHER_CLAUSE = 4  # words that a comma counts for
WHAT_IF_REACH = 6
LEARNING_REACH = 20
GRIEF_REACH = 7
MEDICINE_REACH = 8
CUE_KINDS = (
    *("negation", "far_negation", "not_negation", "past", "present", "what_if", "only_if", "not_what_if"),
    *("learning", "reason", "grief"),
)
_NEGATIVE_ANSWER = frozenset({"no", "none", "never", "negative", "nope", "nunca", "ninguna", "ninguno"})
_NEGATIVE = frozenset({"not", "no", "never", "nunca"})
_CONTRAST = frozenset({"but", "pero", "sino", "though"})
_TAKING = frozenset(
    {
        *("take", "takes", "taking", "took", "taken", "prescribed", "prescription", "med", "meds", "medication"),
        *(
            "medicine",
            "on",
            "uses",
            "use",
            "using",
            "gave",
            "gives",
            "toma",
            "tomo",
            "tomando",
            "recetado",
            "recetaron",
        ),
        *("receto", "medicina", "pastillas", "usa"),
    }
)


class Context:
    """The cues of one message, asked about one hit at a time."""

    def __init__(
        self,
        message: Message,
        *,
        cues: Mapping[str, list[Hit]],
        dangers: Iterable[Hit],
        medicines: Iterable[Hit],
        breakers: frozenset[str],
        glue: frozenset[str],
    ) -> None:
        """`cues` by kind; `dangers` the danger phrases that are no idiom; `medicines` the substances named."""
        self._message = message
        self._medicine_places = {place for hit in medicines for place in range(hit.first, hit.last + 1)}
        self._breakers = breakers
        self._glue = glue
        self._cues = {kind: Spans(cues[kind]) if kind in cues else NOWHERE for kind in CUE_KINDS}
        # a "no" that belongs to a danger phrase itself ("not breathing") negates nothing
        claimed = Spans(hit for hit in dangers if hit.last - hit.first < CLAIM_REACH)
        no_negation = self._cues["not_negation"]
        negations = (cue for cue in self._cues["negation"] if not claimed.overlap(cue) and not no_negation.overlap(cue))
        self._cues["negation"] = Spans(negations)
        doubts = self._cues["not_what_if"]
        self._cues["what_if"] = Spans(cue for cue in self._cues["what_if"] if not doubts.overlap(cue))
        self._negated: Hit | None = None

    def verdict(self, hit: Hit, cancelled_by: Collection[str]) -> str | None:
        """None when the hit stands; otherwise why it does not."""
        if "negation" in cancelled_by and self._is_negated(hit):
            self._negated = hit
            return "negation"
        for why, holds in (
            ("reason", self._is_reason),
            ("grief", self._is_grief),
            ("learning", self._is_learning),
            ("past", self._is_past),
            ("what_if", self._is_what_if),
        ):
            if why in cancelled_by and holds(hit):
                return why
        return None

    def _same_sentence(self, a: Hit, b: Hit) -> bool:
        return self._message.sentences[a.first] == self._message.sentences[b.first]

    def _between(self, left: Hit, right: Hit) -> list[str]:
        return self._message.words[left.last + 1 : right.first]

    def _is_negated(self, hit: Hit) -> bool:
        return (
            self._negated_before(hit, "negation", NEGATION_REACH, strict=True)
            or self._negated_before(hit, "far_negation", FAR_NEGATION_REACH, strict=False)
            or self._carried_on(hit)
            or self._answered_no(hit)
        )

    def _negated_before(self, hit: Hit, kind: str, reach: int, *, strict: bool) -> bool:
        if not _NEGATIVE.isdisjoint(self._message.words[hit.first : min(hit.first + OWN_NEGATION, hit.last + 1)]):
            return False  # "I cannot any more I do not want to live": its own "not" is the only one it has
        clauses = self._message.clauses
        for cue in self._cues[kind].near(hit, reach):
            near = cue.last < hit.first and clauses[cue.last] == clauses[hit.first]
            if near and not (self._breakers if strict else _CONTRAST) & set(self._between(cue, hit)):
                return True
        return False

    def _carried_on(self, hit: Hit) -> bool:
        """`no seizures, chest pain or voices`: a list goes on from a negated hit."""
        earlier = self._negated
        if earlier is None or not 0 <= hit.first - earlier.last - 1 <= LIST_REACH:
            return False
        return self._same_sentence(earlier, hit) and all(word in self._glue for word in self._between(earlier, hit))

    def _answered_no(self, hit: Hit) -> bool:
        """`seizures: no`, `suicidal? no`."""
        words, clauses = self._message.words, self._message.clauses
        after = hit.last + 1
        if after >= len(words) or words[after] not in _NEGATIVE_ANSWER or clauses[after] == clauses[hit.last]:
            return False
        return after + 1 >= len(words) or clauses[after + 1] != clauses[after]

    def _nearest(self, hit: Hit, kind: str) -> int | None:
        """Words to the nearest cue of the sentence, those in other clauses counted farther away."""
        clauses = self._message.clauses
        distances = [
            max(cue.first - hit.last, hit.first - cue.last, 0)
            + (OTHER_CLAUSE if clauses[cue.first] != clauses[hit.first] else 0)
            for cue in self._cues[kind].near(hit, TIME_REACH)
            if self._same_sentence(cue, hit) and not (hit.last - hit.first > LONG and cue.is_inside(hit))
        ]
        near = [distance for distance in distances if distance <= TIME_REACH]
        return min(near) if near else None

    def _is_past(self, hit: Hit) -> bool:
        past = self._nearest(hit, "past")
        if past is None:
            return False
        present = self._nearest(hit, "present")
        return present is None or past < present

    def _is_what_if(self, hit: Hit) -> bool:
        before = (cue.first <= hit.last for cue in self._around(hit, "what_if", WHAT_IF_REACH))
        after = (cue.first >= hit.last for cue in self._around(hit, "only_if", WHAT_IF_REACH))
        return any(before) or any(after)

    def _around(self, hit: Hit, kind: str, reach: int) -> Iterator[Hit]:
        return (cue for cue in self._cues[kind].near(hit, reach) if self._same_sentence(cue, hit))

    def _is_learning(self, hit: Hit) -> bool:
        return any(self._around(hit, "learning", LEARNING_REACH))

    def _is_grief(self, hit: Hit) -> bool:
        return any(self._around(hit, "grief", GRIEF_REACH))

    def _is_reason(self, hit: Hit) -> bool:
        for cue in self._around(hit, "reason", 1):
            if cue.last < hit.first:
                before = range(max(0, cue.first - MEDICINE_REACH), cue.first)
                if any(p in self._medicine_places or self._message.words[p] in _TAKING for p in before):
                    return True
        return False
