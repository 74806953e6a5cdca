"""The match: from a need to ten explained places, against PostGIS and a plain scan, over 13,000 to a million places.

TARGETS: 13 k p50 0.5 ms, p99 2 ms; 1 M p50 1.5 ms, p99 6 ms; index in 0.5 s and 100 MB at 1 M; a bed or a correction
is in every process's next match within 1 s. Of each question the fastest of several rounds counts, ours and PostGIS's
alternating: what else the machine does is no property of either. MATCH_PLACES="13000" measures some sizes only.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import psycopg
from sqlalchemy import Engine, create_engine

from bench.match_seen import seen_rows
from bench.places import Places, invent, zip_table
from bench.postgis_server import NoPostGisError, postgis_server
from bench.questions import NOW, facts, profiles
from bench.rivals import Live, Question, ask_postgis, fill, question_of, scan
from bench.rows import Row
from config.content import load_content
from config.match_content import match_content
from config.phrases import load_phrases
from routing.geography import ZipTable
from routing.match_index import FacilityIndex
from routing.match_need import Outcome, understand
from routing.match_overlay import Overlay
from routing.match_profile import Profile
from routing.matching import MatchAnswer, Matcher
from runtime.embedded import ensure_servers
from services.match_desk import MatchDesk, build_desk

TITLE = "Match (from need to ten explained places; milliseconds, or matches a second)"
SIZES = {"13000": 13_000, "200000": 200_000, "1000000": 1_000_000}
ROUNDS, QUESTIONS, BUILDS = 7, 400, 5
P50_MS = {13_000: 0.5, 1_000_000: 1.5}
P99_MS = {13_000: 2.0, 1_000_000: 6.0}
FASTER_THAN_POSTGIS = {13_000: 2.0, 1_000_000: 15.0}
FASTER_THAN_SCAN = {13_000: 500.0, 1_000_000: 10_000.0}
BUILD_S, INDEX_MB = 0.5, 100.0
SCANS = {13_000: 5, 200_000: 2, 1_000_000: 1}
POSTGIS_QUESTIONS = {13_000: 200, 200_000: 100, 1_000_000: 60}


@dataclass
class Rivals:
    """Where the others are asked; `postgis` None: not measured, `why` says the reason."""

    url: str
    engine: Engine
    postgis: psycopg.Connection[tuple[int, ...]] | None
    why: str = ""


def run() -> list[Row]:
    """All sizes, then how soon another process sees what was committed."""
    zips, desk = zip_table(), build_desk(match_content(load_content(), load_phrases()))
    sizes = [SIZES[name] for name in os.environ.get("MATCH_PLACES", " ".join(SIZES)).split()]
    rows: list[Row] = []
    with _rivals() as rivals:
        if rivals.postgis is None:
            print(f"PostGIS is not measured: {rivals.why}.")
        for size in sizes:
            rows += _measure(size, zips, desk, rivals)
    return rows + seen_rows(sizes)


@contextmanager
def _rivals() -> Iterator[Rivals]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            with postgis_server(Path(folder) / "postgis") as url:
                with psycopg.connect(url, autocommit=True) as connection:
                    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
                    yield Rivals(url, engine, connection)
                return
        except NoPostGisError as error:
            why = str(error)
        with ensure_servers(Path(folder) / "plain", throwaway=True) as servers:
            url = servers.database_url.replace("+psycopg", "")
            yield Rivals(url, create_engine(servers.database_url), None, why)


def _measure(count: int, zips: ZipTable, desk: MatchDesk, rivals: Rivals) -> list[Row]:
    places, label = invent(count, zips), f"{count:,} places"
    index, build_seconds = _built(places, zips)
    live = {fact.facility: fact for fact in facts(count)}
    overlay = Overlay.build(index, live.values(), 1)
    matcher = Matcher(index, overlay, desk.catalog, desk.settings)
    asked = profiles(QUESTIONS, places, zips, desk.catalog)
    fill(rivals.url, places, zips, live, postgis=rivals.postgis is not None)
    few = _for_everybody(matcher, asked)[: POSTGIS_QUESTIONS[count]]
    ours, theirs = np.full(len(asked), np.inf), np.full(len(few), np.inf)
    ours_of_few, server = theirs.copy(), rivals.postgis
    for _ in range(ROUNDS):
        ours = np.minimum(ours, [_ms(lambda p=p: _ask(matcher, p)) for p in asked])
        if server is not None:
            theirs = np.minimum(theirs, [_ms(lambda p=p: ask_postgis(server, matcher, live, p)) for p in few])
            ours_of_few = np.minimum(ours_of_few, [_ms(lambda p=p: _ask(matcher, p)) for p in few])
    _check(rivals, matcher, live, few)
    scans = [_ms(lambda p=p: scan(rivals.engine, _question(matcher, p))) for p in few[: SCANS[count]]]
    p50, p99 = (float(np.percentile(ours, share)) for share in (50, 99))
    rows = [
        *_against_limit(f"{label}, p50", p50, P50_MS.get(count)),
        *_against_limit(f"{label}, p99", p99, P99_MS.get(count)),
        _faster(f"{label}, against a scan", p50, statistics.median(scans), FASTER_THAN_SCAN.get(count)),
    ]
    if rivals.postgis is not None:
        for share, name in ((50, "p50"), (99, "p99")):
            one, other = float(np.percentile(ours_of_few, share)), float(np.percentile(theirs, share))
            target = FASTER_THAN_POSTGIS.get(count) if share == 50 else None
            rows.append(_faster(f"{label}, against PostGIS, {name}", one, other, target))
    else:
        rows.append(Row(f"{label}, against PostGIS: not measured", "", 0, 0, None))
    return rows + _sizes(label, count, index, build_seconds)


def _built(places: Places, zips: ZipTable) -> tuple[FacilityIndex, float]:
    """The index, and seconds for arranging the arrays, the fastest of several."""
    best, index = float("inf"), None
    for _ in range(BUILDS):
        began = time.perf_counter()
        index = FacilityIndex.build(places.columns, zips, "bench")
        best = min(best, time.perf_counter() - began)
    assert index is not None
    return index, best


def _ask(matcher: Matcher, profile: Profile) -> MatchAnswer:
    answer = matcher.match(profile, NOW)
    matcher.entries(answer, 0, 10)
    return answer


def _for_everybody(matcher: Matcher, asked: Sequence[Profile]) -> list[Profile]:
    """Those that the others can be asked too: matches by the strict rules."""
    answers = [(profile, matcher.match(profile, NOW)) for profile in asked]
    return [profile for profile, answer in answers if answer.outcome == Outcome.MATCH and not answer.relaxed]


def _question(matcher: Matcher, profile: Profile) -> Question:
    origin = matcher.index.zips.find(profile.zip)
    assert origin is not None
    return question_of(matcher, understand(profile, matcher.catalog), origin)


def _check(rivals: Rivals, matcher: Matcher, live: Live, few: Sequence[Profile]) -> None:
    """All must find the same number of facilities within the same radius; otherwise a ratio means nothing."""
    without_facts = replace(matcher, overlay=Overlay.empty())
    for number, profile in enumerate(few):
        pairs = []
        if rivals.postgis is not None:
            pairs.append((matcher.match(profile, NOW), ask_postgis(rivals.postgis, matcher, live, profile)))
        if number == 0:
            pairs.append((without_facts.match(profile, NOW), scan(rivals.engine, _question(matcher, profile))))
        for answer, reply in pairs:
            if (answer.radius, answer.total) != reply:
                raise RuntimeError(f"the answers differ: {answer.radius}, {answer.total}, {reply} for {profile}")


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _against_limit(name: str, ours: float, limit: float | None) -> list[Row]:
    target = None if limit is None else 1.0
    return [Row(name if limit is None else f"{name} against its limit", "ms", ours, limit or 0, target, at_least=False)]


def _faster(name: str, ours_ms: float, theirs_ms: float, target: float | None) -> Row:
    return Row(name, "matches/s", 1000 / ours_ms, 1000 / theirs_ms, target)


def _sizes(label: str, count: int, index: FacilityIndex, build_seconds: float) -> list[Row]:
    arrays = [getattr(index, each.name) for each in fields(index)]
    megabytes = sum(array.nbytes for array in arrays if isinstance(array, np.ndarray)) / 1e6
    target = 1.0 if count == max(SIZES.values()) else None
    return [
        Row(f"{label}, index built from arrays", "s", build_seconds, BUILD_S, target, at_least=False),
        Row(f"{label}, index in memory", "MB", megabytes, INDEX_MB, target, at_least=False),
    ]
