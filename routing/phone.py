"""Phone numbers: one way of writing them, and how they look to people who need not know them."""

from collections.abc import Collection

import phonenumbers

DEFAULT_REGION = "US"
SHOWN_DIGITS = 2


def e164(words: str, region: str = DEFAULT_REGION) -> str | None:
    """The number as +16175550123, or None when `words` are not a possible phone number."""
    try:
        number = phonenumbers.parse(words, region)
    except phonenumbers.NumberParseException:
        return None
    # a local number without its area code counts as "possible" in the library, and rings nowhere
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def dialled(words: str) -> str | None:
    """The number to be dialled, with its extension if it has one: +16175550123;ext=20 (RFC 3966); None as above."""
    number = e164(words)
    extension = phonenumbers.parse(words, DEFAULT_REGION).extension if number else None
    return f"{number};ext={extension}" if extension else number


PREMIUM = frozenset(
    {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PAGER,
    }
)


def callable_in(number: str, countries: Collection[str]) -> bool:
    """Whether an E.164 number is of one of these countries (ISO 3166) and of an ordinary price.

    +1 is shared by twenty countries, some of which charge callers much: the library tells them apart. A number that it
    does not know counts as of the main country of its code.
    """
    parsed = phonenumbers.parse(number)
    code = parsed.country_code or 0
    region = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(code)
    return region in countries and phonenumbers.number_type(parsed) not in PREMIUM


def masked(number: str | None) -> str:
    """What a page shows unasked: the last two digits; empty when the number was withheld.

    Words in place of a number that cannot be read stay as they are.
    """
    if not number or not number[-1].isdigit():
        return number or ""
    return f"••• ••• ••{number[-SHOWN_DIGITS:]}"


def spoken(number: str) -> str:
    """A number for people's eyes: (617) 555-0123 at home, with ext. 20 if need be; +52 55 ... elsewhere.

    Words in place of a number that cannot be read stay as they are.
    """
    if not number[-1:].isdigit():
        return number
    parsed = phonenumbers.parse(number, DEFAULT_REGION)
    at_home = parsed.country_code == 1
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)
