"""The SAMHSA service codes that the match asks about, each one bit of a 64-bit word."""

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

# Order is the bit position; append only, because stored words keep their meaning (MATCHING.md names every code).
RULE_CODES = (
    *("SA", "SUMH", "CO", "MHS", "MMD", "PSYH"),
    *("HID", "RD", "OD", "MDET", "ADTX", "BDTX", "CDTX", "MDTX", "ODTX"),
    *("DUO", "AUDO", "OUDO"),
    *("CHLD", "YAD", "ADLT", "SNR", "AD", "WN", "MN", "SE"),
    *("FEM", "MALE", "PW", "NMOA", "MOA"),
    *("MU", "BU", "MM", "OTP", "NOOP", "NAUT", "TGD"),
    *("SP", "AH", "VAMC", "DDF"),
    *("MD", "MC", "PI", "MI", "VAF", "ITU", "SI", "FSA", "SAMF", "CSBG", "CMHG", "SF", "NP", "SS", "PA"),
)
BIT = {code: 1 << position for position, code in enumerate(RULE_CODES)}
Words = NDArray[np.uint64]


def bits_of(codes: Iterable[str]) -> int:
    """The word in which the bits of these codes are set; codes that no rule asks about are left out."""
    word = 0
    for code in codes:
        if code in BIT:
            word |= BIT[code]
    return word


@cache
def mask(*codes: str) -> int:
    """The word of codes that must be known; an unknown one is a mistake in our own rules or content."""
    unknown = [code for code in codes if code not in BIT]
    if unknown:
        raise KeyError(f"no rule knows the service code {', '.join(unknown)}")
    return bits_of(codes)


def tokens(service_code_info: str) -> list[str]:
    """The codes of a directory row; `*` only separates categories."""
    return [code for code in service_code_info.split() if code != "*"]
