"""One order of urgencies, and one idea of danger, for every queue."""

from routing.vocabulary import DANGER, Urgency, more_urgent, most_urgent


def test_911_with_988_holds_911_alone_and_both_go_before_everything() -> None:
    assert most_urgent([Urgency.NONE, Urgency.CALL_911, Urgency.CALL_911_THEN_988]) is Urgency.CALL_911_THEN_988
    assert more_urgent(Urgency.CALL_911_THEN_988, Urgency.CALL_911)
    assert not more_urgent(Urgency.CALL_911, Urgency.CALL_911)
    assert most_urgent([]) is Urgency.NONE


def test_danger_is_what_stands_before_a_doctor_today() -> None:
    assert [urgency for urgency in Urgency if urgency not in DANGER] == [Urgency.SAME_DAY_MEDICAL, Urgency.NONE]
