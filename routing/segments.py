"""How many segments a text is sent in: what a telephone company counts and a small screen shows."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")  # count two each
_BASIC_SIZES = (160, 153)  # alone, and as one of several (GSM 03.38)
_UNICODE_SIZES = (70, 67)
_PLAIN = str.maketrans("áíóúÁÍÓÚ“”‘’–—…", "aiouAIOU\"\"''--.")


def segments(body: str) -> int:
    """1 or more; one letter outside GSM-7, such as `á` or a curly quote, makes all of them short ones."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in body):
        length, sizes = sum(2 if letter in _EXTENDED else 1 for letter in body), _BASIC_SIZES
    else:
        length, sizes = len(body.encode("utf-16-be")) // 2, _UNICODE_SIZES
    alone, part = sizes
    return 1 if length <= alone else -(-length // part)


def plain_letters(body: str) -> str:
    """Spanish as telephones write it: `é`, `ñ`, `¿` stay, the letters that would make a text three times as long go."""
    return body.translate(_PLAIN)
