"""Who may move a referral where: late, doubled and crossed answers do no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.referrals import FACILITY, may_become, read_answer, read_reason
from routing.vocabulary import DeclineReason, ReferralStatus, SaidBy

S = ReferralStatus


@given(st.sampled_from(S), st.sampled_from(SaidBy))
def test_the_same_again_changes_nothing(status: ReferralStatus, by: SaidBy) -> None:
    assert not may_become(status, status, by)


@given(st.lists(st.tuples(st.sampled_from(S), st.sampled_from(sorted(FACILITY))), max_size=12))
def test_no_answer_of_a_place_moves_what_the_person_or_we_have_settled(
    said: list[tuple[ReferralStatus, SaidBy]],
) -> None:
    for settled in (S.ARRIVED, S.NOT_ARRIVED, S.WITHDRAWN, S.OFFERED):
        assert not any(may_become(settled, status, by) for status, by in said)


@pytest.mark.parametrize(
    ("now", "said", "by", "moves"),
    [
        (S.ACCEPTED, S.ACKNOWLEDGED, SaidBy.FACILITY_LINK, False),  # a late "we have it"
        (S.ACCEPTED, S.DECLINED, SaidBy.FACILITY_TEXT, True),  # the bed was taken meanwhile
        (S.DECLINED, S.ACCEPTED, SaidBy.FACILITY_KEY, True),
        (S.DECLINED, S.ARRIVED, SaidBy.CALLER, True),  # they went all the same, and were let in
        (S.DECLINED, S.NOT_ARRIVED, SaidBy.CALLER, False),
        (S.ARRIVED, S.NOT_ARRIVED, SaidBy.CALLER, False),
        (S.ARRIVED, S.NOT_ARRIVED, SaidBy.COUNSELOR, True),
        (S.NOT_ARRIVED, S.ARRIVED, SaidBy.CALLER, True),
        (S.ACCEPTED, S.SENT, SaidBy.SERVICE, False),
    ],
)
def test_who_may_say_what(now: ReferralStatus, said: ReferralStatus, by: SaidBy, moves: bool) -> None:
    assert may_become(now, said, by) is moves


def test_an_answer_is_a_digit_or_a_plain_word() -> None:
    assert [read_answer(words) for words in ("1", " Sí! ", "2.", "no", "3", "maybe 1")] == [
        *(S.ACCEPTED, S.ACCEPTED, S.DECLINED, S.DECLINED, None, None)
    ]
    assert [read_reason(words) for words in ("1", "2", "5", "6", "0", "12", "full")] == [
        *(DeclineReason.FULL, DeclineReason.WAITING_LIST, DeclineReason.OTHER, None, None, None, None)
    ]
