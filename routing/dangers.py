"""Which red flags a message raises: every danger phrase, judged in its context."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from routing.context import Context
from routing.hits import NOWHERE, Hit, Hits, Spans, flat
from routing.naming import Named
from routing.rule_content import FlagContent
from routing.rulebook import CERTAIN
from routing.understanding import ACTION_URGENCY, RaisedFlag, SetAside
from routing.vocabulary import DANGER
from routing.words import Message

MAX_SHOWN = 40  # quotes and set-aside phrases that are kept of one message


class Dangers:
    """The red flags of one message. `raised` and `set_aside` after `judge`."""

    def __init__(self, flags: Mapping[str, FlagContent], message: Message, hits: Hits, named: list[Named]) -> None:
        """`named`: the substances of the message."""
        self._flags = flags
        self._message = message
        self._hits = hits
        self._named = named
        self._idioms = {flag: Spans(found) for flag, found in hits["flag_not"].items()}
        self._standing: dict[str, list[Hit]] = defaultdict(list)
        self._history: dict[str, list[Hit]] = defaultdict(list)
        self._set_aside: list[SetAside] = []

    def phrases(self) -> list[Hit]:
        """Phrases of danger now (911, 988) that are no idiom, whatever their context says."""
        calls = {flag.id for flag in self._flags.values() if ACTION_URGENCY.get(flag.action) in DANGER}
        return [hit for hit in flat(self._hits["flag"]) if hit.label.id in calls and not self._is_idiom(hit)]

    def judge(self, context: Context) -> tuple[tuple[RaisedFlag, ...], tuple[SetAside, ...]]:
        """The flags that stand, in the order of the content, and what was set aside."""
        for hit in Spans(flat(self._hits["flag"])):
            self._judge(hit, context)
        self._raise_together()
        self._raise_alongside(context)
        self._drop_harmless_stops()
        raised = [self._raised(flag) for flag in self._flags.values()]
        return tuple(flag for flag in raised if flag), tuple(self._set_aside[:MAX_SHOWN])

    def certain(self) -> frozenset[str]:
        """The flags raised by a phrase that stands whatever the rest of the text sounds like."""
        return frozenset(
            flag for flag, hits in self._standing.items() if any(hit.label.detail == CERTAIN for hit in hits)
        )

    def _judge(self, hit: Hit, context: Context) -> None:
        flag = self._flags[hit.label.id]
        why = "idiom" if self._is_idiom(hit) else context.verdict(hit, flag.cancelled_by)
        if why is None:
            self._standing[flag.id].append(hit)
            return
        self._set_aside.append(SetAside(flag.id, self._message.quote(hit.first, hit.last), why))
        if why == "past" and flag.history:
            self._history[flag.history].append(hit)

    def _is_idiom(self, hit: Hit) -> bool:
        """Whether an idiom explains the hit: a loose one (with dots) must cover it, a tight one share a word with it.

        A hit that says more than the idiom within it stands.
        """
        idioms = self._idioms.get(hit.label.id, NOWHERE)
        return any(_explains(idiom, hit) and self._in_one_clause(idiom) for idiom in idioms.near(hit))

    def _in_one_clause(self, idiom: Hit) -> bool:
        return self._message.clauses[idiom.first] == self._message.clauses[idiom.last]

    def _raise_together(self) -> None:
        """Classes of substances that are a danger when one of each is named."""
        for flag in self._flags.values():
            if flag.together:
                ones = [hit for hit, s in self._named if s.substance_class in flag.together.one_of]
                others = [hit for hit, s in self._named if s.substance_class in flag.together.with_any]
                if ones and others:
                    self._standing[flag.id] += [ones[0], others[0]]

    def _raise_alongside(self, context: Context) -> None:
        """Weaker phrases, beside a flag that stands or a substance that is named."""
        beside = {flag for flag, found in self._standing.items() if found}
        beside |= {substance.substance_class for _, substance in self._named}
        beside |= {"substance"} if self._named or self._hits["unclear"] else set()
        for hit in Spans(flat(self._hits["alongside"])):
            if beside.intersection(self._flags[hit.label.id].alongside[int(hit.label.detail)].with_any):
                self._judge(hit, context)

    def _drop_harmless_stops(self) -> None:
        """A flag for dangerous tiers alone falls when only substances of other tiers are named."""
        tiers = {substance.tier for _, substance in self._named}
        for flag in self._flags.values():
            if flag.only_for_tiers and tiers and not tiers.intersection(flag.only_for_tiers):
                self._standing.pop(flag.id, None)

    def _raised(self, flag: FlagContent) -> RaisedFlag | None:
        now, past = self._standing.get(flag.id, []), self._history.get(flag.id, [])
        if not now and not past:
            return None
        return RaisedFlag(flag.id, flag.action, _quotes(self._message, now + past), "now" if now else "past")


def _explains(idiom: Hit, hit: Hit) -> bool:
    if idiom.label.detail == "cover":
        return idiom.first <= hit.first and hit.last <= idiom.last
    return idiom.first <= hit.last and hit.first <= idiom.last and not idiom.is_inside(hit)


def _quotes(message: Message, hits: Iterable[Hit]) -> tuple[str, ...]:
    """The writer's words, each once, without parts of longer ones."""
    spans = Spans(hits)
    longest = [hit for hit in spans if not spans.cover(hit)]
    return tuple(dict.fromkeys(message.quote(hit.first, hit.last) for hit in longest[:MAX_SHOWN]))
