"""Ids and words of our HSDS: the same place has the same ids in every export, edition and installation."""

import hashlib
import uuid
import zlib

from routing.vocabulary import BedLevel

PROFILE = NAMESPACE = "urn:harborline:hsds:1"  # our use of HSDS 3.0: by it our own export is known again
PACKAGE_NAME = "harborline-directory"
VERSION = "3.0"
NOT_GIVEN = "(not given)"  # HSDS wants some fields that a source left blank
SAMHSA_TAXONOMY = "SAMHSA service codes"
LISTING_TAXONOMY = "Harborline listing"
FACT = "fact."  # codes of terms that carry what only some sources tell
INTAKE, ADMISSIONS = "Intake", "Direct admissions line"
READ, CORRECTED = "read", "corrected"  # kinds of metadata records
ALL_FIELDS, CODES = "all fields", "attributes"
# Our fields by the names that HSDS has for them
FIELD_NAMES = {
    "name1": "name", "name2": "alternate_name", "street1": "address_1", "street2": "address_2", "city": "city",
    "state": "state_province", "zip5": "postal_code", "phone": "phone", "website": "url",
}  # fmt: skip
UNITS = {BedLevel.DETOX: "open detox beds", BedLevel.RESIDENTIAL: "open residential beds"}
PUBLIC_ID_DIGITS = 24


def place_id(public_id: str, part: str) -> str:
    """The id of an organization, service or location: it begins with the place's digits, so that it can be found."""
    return _dashed(f"{public_id}{zlib.crc32(part.encode()):08x}")


def public_id_of(id_: uuid.UUID) -> str:
    """The digits of the place to which an id belongs."""
    return id_.hex[:PUBLIC_ID_DIGITS]


def part_id(parent: str, part: str) -> str:
    """The id of something that is only found through its parent. A million of them are made for an export."""
    digest = hashlib.blake2b(f"{parent} {part}".encode(), digest_size=16).hexdigest()
    return _dashed(f"{digest[:12]}8{digest[13:16]}8{digest[17:]}")


def _dashed(digits: str) -> str:
    """32 digits of a UUID of version 8 (RFC 9562) as it is written."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
