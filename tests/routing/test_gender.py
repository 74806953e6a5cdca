"""Whom a text is about decides who may be offered: said surely it is a gender, and otherwise nothing."""

import pytest

from routing.triage import TriageRules

FEMALE = (
    "my daughter is hooked on percs, 02150",
    "looking for detox for my wife, she takes xanax",
    "my son's mother is on heroin",
    "my brother's girlfriend needs detox from fentanyl",
    "can you get my mom into rehab? alcohol, 02139",
    "I'm a woman, I take klonopin and can't stop",
    "soy mujer y necesito ayuda con el alcohol",
    "mi hija usa heroína, 33012",
    "busco desintoxicación para mi esposa, toma xanax",
    "I'm pregnant and taking oxy",
    "my 19 year old granddaughter is using meth",
)
MALE = (
    "my son needs detox from oxy, 02150",
    "my husband drinks a fifth a day",
    "my daughter's husband is addicted to oxy",
    "I need detox for my brother, heroin",
    "worried about my dad. he drinks every day",
    "my nephew's been using fentanyl",
    "help for my boyfriend, meth, 90033",
    "he needs detox from xanax, 60611",
    "I'm a man on methadone",
    "soy hombre y tomo xanax",
    "mi hijo necesita desintoxicarse de pastillas",
    "mi esposo toma mucho alcohol",
    "ayuda para mi hermano, usa heroína",
    "my wife says our son is on fentanyl",
    "I am a mom and my grandson relapsed on heroin",
)
UNSURE = (
    "my kid needs detox from oxy, 02150",
    "my husband left me and I take xanax every day",
    "I drink a fifth a day. my wife is leaving",
    "I want to get clean for my daughter, heroin",
    "need rehab for alcohol, have my husband's insurance",
    "my husband and my sister are on heroin",
    "me and my boyfriend are addicted to fentanyl",
    "my son died and I drink every night",
    "my mom told me to text, I'm on oxy",
    "I'm a female nurse, my patient needs detox from alcohol",
    "my partner uses meth",
    "I'm a trans woman on heroin",
    "mi pareja usa metanfetamina",
    "my brother and his wife need detox from heroin",
    "not my son, my kid",
    "detox near 02150",
)


@pytest.mark.parametrize(
    ("text", "gender"),
    [*((text, "female") for text in FEMALE), *((text, "male") for text in MALE), *((text, None) for text in UNSURE)],
)
def test_words_about_whom_it_is_for_tell_a_gender_only_where_they_surely_do(
    triage_rules: TriageRules, text: str, gender: str | None
) -> None:
    assert triage_rules.understand(text).gender == gender


def test_what_the_writer_is_belongs_to_the_writer(triage_rules: TriageRules) -> None:
    assert triage_rules.understand("I'm a woman on klonopin").writer_gender == "female"
    assert triage_rules.understand("my son needs detox").writer_gender is None


def test_a_pregnancy_is_not_his(triage_rules: TriageRules) -> None:
    his = triage_rules.understand("my son needs detox from heroin and his girlfriend is pregnant")
    assert (his.gender, his.pregnant) == ("male", None)
    assert "pregnant" in {flag.id for flag in his.flags}  # said all the same: the advice stands
    assert triage_rules.understand("I'm pregnant and on oxy, my husband needs detox too").pregnant is True


def test_the_writers_age_is_not_that_of_the_person_spoken_of(triage_rules: TriageRules) -> None:
    assert triage_rules.understand("I'm 45 and my son is 16, he takes oxy").age == 16
    assert triage_rules.understand("I'm 45, my son needs detox").age is None
    assert triage_rules.understand("i'm 34 and on oxy").age == 34
