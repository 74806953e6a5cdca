"""What REST resources look like on the wire, and how lists are paged."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from simulator.clock import as_datetime
from simulator.exchange import Exchange
from simulator.rest.edge import Form

API_VERSION = "2010-04-01"
_PAGE_SIZE = 50
_LARGEST_PAGE = 1000

T = TypeVar("T")
Shape = Callable[[Exchange, T], dict[str, Any]]


def when(moment: float | None) -> str | None:
    """RFC 2822, UTC."""
    return None if moment is None else format_datetime(as_datetime(moment))


def uri(exchange: Exchange, path: str) -> str:
    """The path of a resource of the account."""
    return f"/{API_VERSION}/Accounts/{exchange.settings.account_sid}/{path}"


def page(exchange: Exchange, form: Form, key: str, path: str, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One page of a list, with Twilio's fields around it."""
    size = min(max(form.get("PageSize", _PAGE_SIZE, type=int), 1), _LARGEST_PAGE)
    number = max(form.get("Page", 0, type=int), 0)
    start = number * size
    shown = list(items[start : start + size])

    def link(which: int) -> str:
        query = {name: value for name, value in form.items() if name not in {"Page", "PageSize"}}
        return f"{uri(exchange, path)}?{urlencode({**query, 'PageSize': size, 'Page': which})}"

    return {
        key: shown,
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(len(shown) - 1, 0),
        "uri": link(number),
        "first_page_uri": link(0),
        "next_page_uri": link(number + 1) if start + size < len(items) else None,
        "previous_page_uri": link(number - 1) if number else None,
    }


def between(form: Form, name: str, moment: float | None) -> bool:
    """Does a moment satisfy the filters `Name`, `Name>` and `Name<`? A date covers the whole day in UTC."""
    for suffix in ("", ">", "<"):
        text = form.get(f"{name}{suffix}")
        if not text:
            continue
        if moment is None:
            return False
        begin, end = _span(text)
        inside = begin <= as_datetime(moment) < end
        later, earlier = as_datetime(moment) >= begin, as_datetime(moment) < end
        if not {"": inside, ">": later, "<": earlier}[suffix]:
            return False
    return True


def _span(text: str) -> tuple[datetime, datetime]:
    if len(text) == len("2026-01-05"):
        day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        return day, day + timedelta(days=1)
    moment = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    return moment, moment + timedelta(seconds=1)


def newest_first(items: Sequence[T]) -> list[T]:
    """Twilio lists the latest first."""
    return list(reversed(items))
