"""A helpline's own form: what is an answer, what keeps a form from being saved, and counts over its versions."""

import pytest

from routing.forms import FieldKind, FormField, Option, count, form_data, form_from, key_of, problems, read_answer

CALL = FormField("call", FieldKind.CHOICE, "Call", "Llamada", (Option("a", "A", "A"), Option("b", "B", "B")))
AGE = FormField("age", FieldKind.NUMBER, "Age", "Edad")


@pytest.mark.parametrize(
    ("field", "words", "answer"),
    [
        (CALL, "a", "a"),
        (CALL, "c", None),
        (AGE, " 41 ", "41"),
        (AGE, "2,5", "2.5"),
        (AGE, "-1", None),
        (AGE, "1e9", None),
        (AGE, "٤", None),
        (FormField("v", FieldKind.YES_NO, "V", "V"), "yes", "yes"),
        (FormField("t", FieldKind.TEXT, "T", "T"), " word ", "word"),
        (FormField("t", FieldKind.TEXT, "T", "T"), "x" * 501, None),
    ],
)
def test_what_is_an_answer(field: FormField, words: str, answer: str | None) -> None:
    assert read_answer(field, words) == answer


def test_a_form_is_whole_or_says_what_is_missing() -> None:
    assert problems((CALL, AGE)) == ()
    assert problems(()) == (("empty", None, ""),)
    assert problems((CALL, CALL)) == (("twice", 1, "en"),)
    assert problems((AGE,) * 41)[0].rule == "too_many"
    one, same = Option("a", "A", ""), Option("b", "B", "B" * 121)
    for options, rule in (((one,), "options"), ((one, same), "option_words"), ((same,) * 2, "too_long")):
        field = FormField("k", FieldKind.CHOICE, "K", " ", options)
        assert problems((CALL, field)) == (("label", 1, "es"), (rule, 1, "options"))
    twice = FormField("k", FieldKind.CHOICE, "K" * 121, "K", (Option("a", "A", "A"),) * 2)
    assert problems((twice,)) == (("too_long", 0, "en"), ("twice", 0, "options"))
    assert form_from(form_data((CALL, AGE))) == (CALL, AGE)
    assert [key_of("¿Año nuevo?", taken) for taken in ((), ("ano_nuevo",), ("ano_nuevo", "ano_nuevo_2"))] == [
        "ano_nuevo",
        "ano_nuevo_2",
        "ano_nuevo_3",
    ]


def test_counts_go_on_when_a_version_changes_words_and_drops_a_choice() -> None:
    newer = FormField(
        "call", FieldKind.CHOICE, "Kind of call", "Tipo", (Option("b", "Bee", "Be"), Option("c", "C", "C"))
    )
    call, age = count(
        [
            ((CALL, AGE), {"call": "a", "age": "40"}, "2026-01"),
            ((CALL, AGE), {"age": "21"}, "2026-01"),
            ((newer,), {"call": "b"}, "2026-02"),
        ]
    )
    assert (call.asked.en, call.filled, dict(call.values)) == ("Kind of call", 2, {"a": 1, "b": 1})
    assert [option.en for option in call.asked.options] == ["Bee", "C", "A"]
    assert (age.filled, age.total, age.mean) == (2, 61.0, 30.5)
    assert (dict(age.months), dict(call.by_month)) == ({"2026-01": 2}, {("a", "2026-01"): 1, ("b", "2026-02"): 1})
