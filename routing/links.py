"""Addresses of pages that open with a key: the key stands in the query, which access logs leave out (operating.md)."""

import re
from urllib.parse import quote

KEY = "k"
_KEY_IN_WORDS = re.compile(rf"([?&]{KEY}=)[\w-]+")


def link(base: str, path: str, key: str) -> str:
    """The address of a page with its key."""
    return f"{base}{path}?{KEY}={quote(key)}"


def without_keys(words: str) -> str:
    """The same words with the keys of links covered: whoever reads a thread must not be able to sign for somebody."""
    return _KEY_IN_WORDS.sub(r"\1…", words)
