"""Referrals as a state machine: who may move one where, so that late, doubled and crossed answers do no harm."""

import re
from collections.abc import Mapping
from datetime import timedelta

from routing.vocabulary import DeclineReason, ReferralStatus, SaidBy
from routing.words import fold

S = ReferralStatus
ANSWER_WITHIN = timedelta(minutes=30)  # then a counselor sees to it: a person who is ready to go waits
UNANSWERED = frozenset({S.OFFERED, S.CHOSEN, S.SENT, S.ACKNOWLEDGED})  # the place has not said yes or no
AT_THE_PLACE = frozenset({S.SENT, S.ACKNOWLEDGED})  # it was asked and owes an answer
FACILITY = frozenset({SaidBy.FACILITY_KEY, SaidBy.FACILITY_TEXT, SaidBy.FACILITY_LINK})
_CAME_OR_NOT = frozenset({S.ARRIVED, S.NOT_ARRIVED})

# A place answers what it was asked, and may think better of it: a bed that was free is taken, or the other way round.
_BY_FACILITY: Mapping[S, frozenset[S]] = {
    S.CHOSEN: frozenset({S.ACKNOWLEDGED, S.ACCEPTED, S.DECLINED}),  # by the key of a call that nobody announced
    S.SENT: frozenset({S.ACKNOWLEDGED, S.ACCEPTED, S.DECLINED}),
    S.ACKNOWLEDGED: frozenset({S.ACCEPTED, S.DECLINED}),
    S.ACCEPTED: frozenset({S.DECLINED}),
    S.DECLINED: frozenset({S.ACCEPTED}),
}
# A person takes or leaves what is offered and knows whether they got in, whatever the place said before.
_BY_CALLER: Mapping[S, frozenset[S]] = {
    S.OFFERED: frozenset({S.CHOSEN, S.WITHDRAWN, S.ARRIVED}),
    S.CHOSEN: _CAME_OR_NOT | {S.WITHDRAWN},
    S.SENT: _CAME_OR_NOT | {S.WITHDRAWN},
    S.ACKNOWLEDGED: _CAME_OR_NOT | {S.WITHDRAWN},
    S.ACCEPTED: _CAME_OR_NOT,
    S.DECLINED: frozenset({S.ARRIVED}),
    S.NOT_ARRIVED: frozenset({S.ARRIVED}),
}
# A counselor may also correct: take back, take up again, and put right who came.
_BY_COUNSELOR: Mapping[S, frozenset[S]] = {
    S.OFFERED: frozenset({S.CHOSEN, S.SENT, S.ACCEPTED, S.DECLINED, S.WITHDRAWN}),
    S.CHOSEN: frozenset({S.SENT, S.ACKNOWLEDGED, S.ACCEPTED, S.DECLINED, S.WITHDRAWN}) | _CAME_OR_NOT,
    S.SENT: frozenset({S.ACKNOWLEDGED, S.ACCEPTED, S.DECLINED, S.WITHDRAWN}) | _CAME_OR_NOT,
    S.ACKNOWLEDGED: frozenset({S.ACCEPTED, S.DECLINED, S.WITHDRAWN}) | _CAME_OR_NOT,
    S.ACCEPTED: frozenset({S.DECLINED, S.WITHDRAWN}) | _CAME_OR_NOT,
    S.DECLINED: frozenset({S.CHOSEN, S.ACCEPTED, S.ARRIVED}),
    S.ARRIVED: frozenset({S.NOT_ARRIVED}),
    S.NOT_ARRIVED: frozenset({S.ARRIVED, S.CHOSEN}),
    S.WITHDRAWN: frozenset({S.CHOSEN, S.ACCEPTED}),
}
# What follows by itself: a question that went out, a line that picked up, an offer that another place has overtaken.
_BY_SERVICE: Mapping[S, frozenset[S]] = {
    S.OFFERED: frozenset({S.ACKNOWLEDGED, S.WITHDRAWN}),
    S.CHOSEN: frozenset({S.SENT, S.ACKNOWLEDGED, S.WITHDRAWN}),
    S.SENT: frozenset({S.ACKNOWLEDGED, S.WITHDRAWN}),
    S.ACKNOWLEDGED: frozenset({S.WITHDRAWN}),
    S.ACCEPTED: frozenset({S.WITHDRAWN}),  # they arrived elsewhere
}
_TABLES = {SaidBy.COUNSELOR: _BY_COUNSELOR, SaidBy.CALLER: _BY_CALLER, SaidBy.SERVICE: _BY_SERVICE}


def may_become(current: ReferralStatus, said: ReferralStatus, by: SaidBy) -> bool:
    """Whether `by` may move a referral from `current` to `said`; the same again, and what came too late, may not."""
    table = _BY_FACILITY if by in FACILITY else _TABLES[by]
    return said in table.get(current, frozenset())


# Answers of facility staff, as a key or a text (folded, without marks), in English and Spanish
_YES = frozenset({"1", "yes", "y", "yep", "yeah", "yes we can", "si", "si podemos", "claro"})
_NO = frozenset({"2", "no", "n", "nope", "no we cannot", "no we can t", "no podemos"})
REASONS = tuple(DeclineReason)  # key 1 is the first
_NOT_LETTERS = re.compile(r"[\W_]+")


def read_answer(words: str) -> ReferralStatus | None:
    """Accepted or declined, of a key or a short text; None for anything else."""
    plain = _NOT_LETTERS.sub(" ", fold(words[:80])).strip()
    if plain in _YES:
        return ReferralStatus.ACCEPTED
    return ReferralStatus.DECLINED if plain in _NO else None


def read_reason(words: str) -> DeclineReason | None:
    """Why a place cannot, of one digit from 1; None for anything else."""
    plain = _NOT_LETTERS.sub(" ", words[:20]).strip()
    if plain.isdecimal() and len(plain) == 1 and 1 <= int(plain) <= len(REASONS):
        return REASONS[int(plain) - 1]
    return None
