"""Substances and ways to pay as people say them, in slang, in Spanish and as speech-to-text hears them."""

import pytest

from routing.triage import TriageRules

SUBSTANCES = {
    "clonazepam": ["clone a pen every night", "klono pin", "clona zepam", "tomo kriadex", "colonopin"],
    "alprazolam": ["al praz olam", "zany bars", "tafil", "xan ax"],
    "lorazepam": ["lora zepam", "at ivan"],
    "oxycodone": ["oxy cotton", "perco set", "roxi codone"],
    "hydrocodone": ["vike a din", "hydro codone"],
    "fentanyl": ["fent a nil", "fentan yl", "fentanilo"],
    "buprenorphine_use": ["sub oxone", "sub you tex", "soboxone"],
    "methadone_use": ["meta done", "meth a done", "metadona"],
    "tramadol": ["tram a doll", "tramal"],
    "gabapentinoid": ["gaba pentin"],
    "amphetamine_rx": ["adder all"],
    "kratom_7oh": ["seven oh tabs"],
    "alcohol": ["puro pisto y cheves"],
}
NO_SUBSTANCES = ["she is my son", "i love tina turner", "at the lib rary", "i am bien", "a sub in one class"]
PAYERS = {
    "medicaid": ["medical card", "tenn care", "public aid", "on medical assistance in minnesota", "la tarjeta medica"],
    "medicare": ["medi care part d", "mi mama tiene medicare"],
    "private": ["my husbands insurance", "b c b s", "united", "el seguro de mi mama", "insurance thru my wifes job"],
    "va": ["the va", "soy veterano tengo va"],
    "self_pay": ["my parents will pay", "mis papas van a pagar", "al contado"],
    "uninsured": ["medicaid got cut off", "nada de seguro", "me cancelaron el seguro"],
}
NO_PAYERS = ["i need medical assistance", "united we stand", "it was free heroin", "my family has to pay for my mess"]


@pytest.mark.parametrize(("substance", "text"), [(name, text) for name, texts in SUBSTANCES.items() for text in texts])
def test_a_substance_is_heard_in_pieces_and_in_slang(triage_rules: TriageRules, substance: str, text: str) -> None:
    assert [named.id for named in triage_rules.understand(text, asked="what").substances] == [substance]


@pytest.mark.parametrize("text", NO_SUBSTANCES)
def test_pieces_of_other_words_are_no_substance(triage_rules: TriageRules, text: str) -> None:
    assert triage_rules.understand(text).substances == ()


@pytest.mark.parametrize(("payer", "text"), [(name, text) for name, texts in PAYERS.items() for text in texts])
def test_a_way_to_pay_is_heard(triage_rules: TriageRules, payer: str, text: str) -> None:
    assert triage_rules.understand(text, asked="payer").payer == payer


@pytest.mark.parametrize("text", NO_PAYERS)
def test_what_only_looks_like_paying_is_none(triage_rules: TriageRules, text: str) -> None:
    assert triage_rules.understand(text).payer is None
