"""Words that the line never says, in any phrase, sheet, title or page, in either language."""

import re

# Why each is never said: it names a person by an illness, or it is a dose, an order, a promise or a diagnosis.
_NEVER = {
    "names a person by an illness": r"\b(addicts?|abusers?|abuse|junk(y|ies|ie)|alcoholics?|drunks?|habits?)\b|"
    r"\b(adict[oa]s?|drogadict\w*|alcohólic[oa]s?|viciosos?|vicios?|abusador\w*|borrach[oa]s?)\b",
    "clean and dirty": r"\b(clean|dirty)\b|\b(limpi[oa]s?|suci[oa]s?)\b",
    "medication is treatment, not assistance": r"\bMAT\b|medication[- ]assisted|asistido con medicamentos",
    "a dose": r"\d[\d.,]* ?(mg|mcg|ml|milligrams?|miligramos?|pills|tablets|pastillas|tabletas)\b",
    "a taper": r"(reduc\w*|taper\w*|cut|lower|baj[ae]\w*|disminu\w*|less)\b[^.]{0,40}\d+ ?%",
    "just stop": r"\b(just|simply) (stop|quit|take less)\b|\b(solo|simplemente) (deje|pare|tome menos)\b",
    "an order to go": r"\b(must|have to) (go|enter|be admitted)\b|\b(debe|tiene que) (ir|internarse|ingresar)\b",
    "no 911 needed": r"\b(do not|don't|no) need (to call )?911|\bno necesita (llamar )?(al )?911",
    "a promise": r"\bguarantee\w*|\bgarant\w+|\bsuccess rates?\b|\btasas? de éxito\b|\bwe promise\b|\bprometemos\b",
    "a cure": r"\bcures?d?\b|\bcura[rn]?\b",
    "a diagnosis": r"\byou (are|have|suffer from) (an? )?(addict\w*|disorder|depress\w*|dependen\w*|bipolar)|"
    r"\busted (es|tiene|sufre) (de )?(una? )?(adict\w*|adicción|trastorno|depresi\w*|dependen\w*)",
    "who we are not": r"\bwe are (the government|samhsa|a (treatment )?(center|facility|clinic))|"
    r"\bsomos (el gobierno|samhsa|un centro|una clínica)",
    "against the doctor": r"\b(ignore|do not listen to|instead of) your doctor\b|\b(ignore|en vez de) a? ?su médico\b",
    "privacy without its limits": r"\b(completely|totally|always|strictly) (private|confidential)|"
    r"\b(totalmente|siempre|estrictamente) (privad|confidencial)",
}
_PRIVATE = re.compile(
    r"\b(private(?! insurance)|confidential|stays with us|(?<!seguro )privad[oa]|confidencial|queda con nosotros)\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(r"unless|judge|court|salvo|juez|limits|límites", re.IGNORECASE)
_BIG_LETTERS_COUNT = "medication is treatment, not assistance"  # MAT, not a mat
NEVER = {why: re.compile(pattern, 0 if why == _BIG_LETTERS_COUNT else re.IGNORECASE) for why, pattern in _NEVER.items()}


def found(words: str) -> tuple[str, str] | None:
    """Why these words are never said and which of them it is; None when nothing is wrong with them."""
    for why, pattern in NEVER.items():
        if hit := pattern.search(words):
            return why, hit.group()
    return None


def private_without_limits(words: str) -> bool:
    """Whether privacy is told of without saying where it ends (danger, a judge)."""
    return bool(_PRIVATE.search(words)) and not _LIMITS.search(words)
