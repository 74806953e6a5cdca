"""The console's own words in English and Spanish, and how it writes times, from web/i18n."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

I18N = Path(__file__).parent / "i18n"
LANGUAGES = ("en", "es")
Table = Mapping[str, str]
Moment = datetime | date | str


@cache
def table(language: str) -> Table:
    """Every sentence of the interface in one language, by key."""
    found: Table = json.loads((I18N / f"{language}.json").read_text(encoding="utf-8"))
    return found


class Words:
    """What a page calls: sentences by key, and times on the reader's own clock."""

    def __init__(self, language: str, timezone: str) -> None:
        self.language = language
        self._zone = ZoneInfo(timezone)
        self._table = table(language)

    def __call__(self, key: str, **values: object) -> str:
        """The sentence with its placeholders filled. KeyError: no such key, which is a bug."""
        return self._table[key].format(**values)

    def with_gaps(self, key: str, values: Mapping[str, object]) -> str:
        """The same for values that may miss some, as an event written by an older release does."""
        return self._table[key].format_map(defaultdict(lambda: "–", values))

    def of(self, family: str, word: str | None) -> str:
        """A word of the vocabulary for people, such as of("status", "waiting"); unknown ones in plain letters."""
        return self._table.get(f"{family}.{word}") or (word or "").replace("_", " ")

    def has(self, key: str) -> bool:
        """Whether there is a sentence with this key."""
        return key in self._table

    def clock(self, at: datetime, now: datetime) -> str:
        """14:05 for today, with the day before it otherwise."""
        local, today = at.astimezone(self._zone), now.astimezone(self._zone)
        if local.date() == today.date():
            return f"{local:%H:%M}"
        months = self._table["months"].split()
        day = self("day", day=local.day, month=months[local.month - 1])
        year = "" if local.year == today.year else f" {local.year}"
        return f"{day}{year}, {local:%H:%M}"

    def weekday(self, number: int) -> str:
        """Monday for 0."""
        return self._table["weekdays"].split()[number]

    def date(self, day: date, *, year: bool = False) -> str:
        """Friday, 27 Nov (2026); days are those of whatever calendar the caller means."""
        words = self("day", day=day.day, month=self._table["months"].split()[day.month - 1])
        return self("date", weekday=self.weekday(day.weekday()), day=f"{words} {day.year}" if year else words)

    def day_of(self, at: Moment) -> str:
        """27 Nov 2026: of a time on the reader's calendar, of a day or an ISO date as it is; other words stay."""
        if isinstance(at, datetime):
            at = at.astimezone(self._zone).date()
        if isinstance(at, str):
            try:
                at = date.fromisoformat(at)
            except ValueError:
                return str(at)
        return f"{self('day', day=at.day, month=self._table['months'].split()[at.month - 1])} {at.year}"

    def month(self, month: str) -> str:
        """Nov 2026 for 2026-11."""
        year, number = month.split("-")
        return f"{self._table['months'].split()[int(number) - 1]} {year}"

    def full(self, at: datetime) -> str:
        """27 Nov 2026, 14:05 EST, for paper: with the year and the zone whatever today is."""
        local = at.astimezone(self._zone)
        words = self("day", day=local.day, month=self._table["months"].split()[local.month - 1])
        return f"{words} {local.year}, {local:%H:%M %Z}"

    def hours(self, span: tuple[datetime, datetime]) -> str:
        """22:00–06:00 on the reader's clock; midnight at the end is 24:00."""
        start, end = (moment.astimezone(self._zone) for moment in span)
        return f"{start:%H:%M}–{'24:00' if end.hour == end.minute == 0 else f'{end:%H:%M}'}"

    def when(self, span: tuple[datetime, datetime]) -> str:
        """Friday, 27 Nov, 22:00–06:00; with both days when it is longer than one."""
        start, end = (moment.astimezone(self._zone) for moment in span)
        if span[1] - span[0] <= timedelta(hours=24):
            return f"{self.date(start.date())}, {self.hours(span)}"
        return f"{self.date(start.date())}, {start:%H:%M} – {self.date(end.date())}, {end:%H:%M}"

    def zone(self, at: datetime) -> str:
        """The reader's zone at that time, as people write it: EST (some zones have only their distance: -03)."""
        return f"{at.astimezone(self._zone):%Z}"

    def seconds_clock(self, at: datetime) -> str:
        """14:05:09, for timelines."""
        return f"{at.astimezone(self._zone):%H:%M:%S}"


def lasted(since: datetime, until: datetime) -> str:
    """Minutes and seconds between two times as 2:05, from an hour on as 1:02:05."""
    total = max(int((until - since) / timedelta(seconds=1)), 0)
    hours, rest = divmod(total, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
