"""How many segments a text is sent in. Counted anew: a stand-in for the network asks nothing of the product."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")  # count two each
_BASIC_SIZES = (160, 153)  # alone, and as one of several (GSM 03.38)
_UNICODE_SIZES = (70, 67)


def segments(body: str) -> int:
    """1 or more; one character outside GSM-7 makes the whole text UCS-2."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in body):
        length, sizes = sum(2 if letter in _EXTENDED else 1 for letter in body), _BASIC_SIZES
    else:
        length, sizes = len(body.encode("utf-16-be")) // 2, _UNICODE_SIZES
    alone, part = sizes
    return 1 if length <= alone else -(-length // part)
