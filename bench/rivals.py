"""The question of a match asked of a plain SQLAlchemy scan and of PostGIS, over the same invented places."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import BigInteger, Double, Engine, SmallInteger, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bench.places import Places
from bench.questions import NOW
from routing.codes import BIT, mask
from routing.geography import EARTH_RADIUS_MILES, ZipPlace, ZipTable, haversine_miles
from routing.match_demand import Demand, strict_demand
from routing.match_index import state_number
from routing.match_need import Outcome, Situation, gate, understand
from routing.match_overlay import FacilityFacts
from routing.match_profile import Profile
from routing.match_ranking import LANGUAGE_CODES, OWN_STATE_PAYERS, owner_word
from routing.match_reasons import Asked, Sight
from routing.match_settings import FAR_MILES, SIMILAR_MILES, SIMILAR_SHARE, distance_steps
from routing.matching import Matcher
from routing.vocabulary import Need

METRES_A_MILE = 6_371_008.771415059 / EARTH_RADIUS_MILES  # of the sphere that PostGIS takes for WGS 84
RADII, ENOUGH, TOP = (25, 50, 100, 200), 3, 10
PAYER_POINTS = 5.0
Live = Mapping[int, FacilityFacts]  # by facility


class Question(NamedTuple):
    """What is asked of everybody: where from, what a place must fulfil, and the codes of the payer."""

    origin: ZipPlace
    demand: Demand
    payer_word: int


class Reply(NamedTuple):
    """The first radius with enough facilities, and how many there are."""

    radius: int
    facilities: int


class Base(DeclarativeBase):
    """Only this table."""


class Place(Base):
    """One place as the scan and PostGIS know it."""

    __tablename__ = "place"
    listing: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    facility: Mapped[int] = mapped_column(BigInteger)
    word: Mapped[int] = mapped_column(BigInteger)
    operator: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[int] = mapped_column(SmallInteger)
    lat: Mapped[float] = mapped_column(Double)
    lon: Mapped[float] = mapped_column(Double)


def fill(url: str, places: Places, zips: ZipTable, live: Live, *, postgis: bool) -> None:
    """A fresh table of these places; with PostGIS, points under a GiST index, and rows near each other stored so."""
    columns = places.columns
    values = (columns.listings, columns.facilities, columns.words, columns.operators, columns.states)
    points = (zips.lat[places.zip_rows], zips.lon[places.zip_rows])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS place")
        connection.execute(
            "CREATE UNLOGGED TABLE place (listing bigint, facility bigint, word bigint, operator bigint,"
            " state smallint, lat double precision, lon double precision)"
        )
        with connection.cursor() as cursor, cursor.copy("COPY place FROM STDIN") as copy:
            for row in zip(*(value.tolist() for value in (*values, *points)), strict=True):
                copy.write_row(row)
        if postgis:
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            connection.execute("ALTER TABLE place ADD COLUMN point geography(Point, 4326)")
            connection.execute("UPDATE place SET point = ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography")
            connection.execute("CREATE INDEX place_point ON place USING gist (point)")
            connection.execute("CLUSTER place USING place_point")
            _fill_facts(connection, live)
        connection.execute("VACUUM ANALYZE place")


def _fill_facts(connection: psycopg.Connection[tuple[Any, ...]], live: Live) -> None:
    connection.execute("DROP TABLE IF EXISTS fact")
    connection.execute(
        "CREATE UNLOGGED TABLE fact (facility bigint PRIMARY KEY, held boolean, against boolean, open integer,"
        " told double precision)"
    )
    with connection.cursor() as cursor, cursor.copy("COPY fact FROM STDIN") as copy:
        for facility, fact in live.items():
            count = fact.bed(Need.DETOX)
            bed = (count.open, count.at.timestamp()) if count is not None else (None, None)
            copy.write_row((facility, fact.do_not_refer, bool(fact.corrections), *bed))
    connection.execute("VACUUM ANALYZE fact")


def scan(engine: Engine, question: Question) -> Reply:
    """Every row into Python, then the rules, the distance and the ten best."""
    near: dict[int, tuple[float, float]] = {}
    origin = question.origin
    with Session(engine) as session:
        for place in session.scalars(select(Place)):
            if not question.demand.holds(place.word):
                continue
            miles = haversine_miles(origin.lat, origin.lon, place.lat, place.lon)
            score = 100 - distance_steps(miles) + (PAYER_POINTS if place.word & question.payer_word else 0)
            if miles <= RADII[-1] and (place.facility not in near or near[place.facility][1] < score):
                near[place.facility] = miles, score
    reply = Reply(RADII[-1], len(near))
    for radius in RADII:
        inside = [score for miles, score in near.values() if miles <= radius]
        if len(inside) >= ENOUGH:
            reply = Reply(radius, len(inside))
            sorted(inside, reverse=True)[:TOP]
            break
    return reply


def ask_postgis(
    connection: psycopg.Connection[tuple[Any, ...]], matcher: Matcher, live: Live, profile: Profile
) -> Reply:
    """From the need to the reasons of the first ten, as the match does, with the places from PostGIS.

    One statement a radius until there are enough: ST_DWithin, the codes as bit tests, live facts, the points, the ten
    best with different operators first.
    """
    situation = understand(profile, matcher.catalog)
    origin = matcher.index.zips.find(profile.zip)
    if gate(situation, origin, matcher.catalog) != Outcome.MATCH or origin is None:
        raise ValueError("only matches are asked")
    asked, own = Asked(situation, matcher.catalog, matcher.settings, NOW), state_number(origin.state)
    statement, values = _statement(asked, question_of(matcher, situation, origin))
    rows: list[tuple[Any, ...]] = []
    radius = 0
    for radius in RADII:
        rows = connection.execute(statement, {**values, "metres": radius * METRES_A_MILE}).fetchall()
        if rows and rows[0][-1] >= ENOUGH:
            break
    for _, facility, miles, _, word, state, _ in rows:
        asked.explain(Sight(word, miles, state == own, live.get(facility)))
    return Reply(radius, rows[0][-1] if rows else 0)


def question_of(matcher: Matcher, situation: Situation, origin: ZipPlace) -> Question:
    """What is looked for in the table."""
    payer = situation.profile.payer
    word = matcher.catalog.payers[payer].word if payer is not None else 0
    return Question(origin, strict_demand(situation), word)


def _statement(asked: Asked, question: Question) -> tuple[str, dict[str, Any]]:
    profile, demand, origin = asked.situation.profile, question.demand, question.origin
    weights = asked.settings.weights
    values: dict[str, Any] = {"ones": demand.ones, "both": demand.ones | demand.zeros, "payer": question.payer_word}
    values |= {"lat": origin.lat, "lon": origin.lon, "state": state_number(origin.state), "now": NOW.timestamp()}
    values |= {"closed": owner_word(profile), "fresh": NOW.timestamp() - asked.settings.bed_fresh_hours * 3600}
    tests = ["word & %(both)s::bigint = %(ones)s::bigint"]
    for number, clause in enumerate(demand.clauses):
        values |= {f"p{number}": clause.present, f"a{number}": clause.absent}
        tests.append(f"(word & %(p{number})s::bigint <> 0 OR ~word & %(a{number})s::bigint <> 0)")
    at_home = "AND state = %(state)s" if profile.payer in OWN_STATE_PAYERS else ""
    points = [
        f"100 - LEAST(miles, {FAR_MILES}) / {SIMILAR_MILES}"
        f" - LN(GREATEST(miles, {FAR_MILES}) / {FAR_MILES}) / {math.log1p(SIMILAR_SHARE)}",
        f"CASE WHEN word & %(payer)s::bigint <> 0 {at_home} THEN {weights.payer_accepted} ELSE 0 END",
        f"CASE WHEN open > 0 AND told >= %(fresh)s THEN {weights.open_bed} ELSE 0 END",
        f"CASE WHEN against THEN {-weights.correction} ELSE 0 END",
    ]
    if profile.dual_diagnosis:
        points.append(f"CASE WHEN word & {mask('SUMH', 'CO')} <> 0 THEN {weights.dual_offered} ELSE 0 END")
    if profile.language:
        points.append(
            f"CASE WHEN word & {BIT[LANGUAGE_CODES[profile.language]]} <> 0 THEN {weights.language_spoken} ELSE 0 END"
        )
    point = "ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography"
    statement = f"""
        WITH near AS (
          SELECT place.*, ST_Distance(point, {point}, false) / {METRES_A_MILE} AS miles FROM place
          WHERE ST_DWithin(point, {point}, %(metres)s, false) AND {" AND ".join(tests)}
        ), best AS (
          SELECT DISTINCT ON (facility) listing, facility, operator, miles, word, state, {" + ".join(points)} AS score
          FROM near LEFT JOIN fact USING (facility) WHERE held IS NOT TRUE ORDER BY facility, score DESC
        ), turned AS (
          SELECT *, row_number() OVER (PARTITION BY operator
            ORDER BY score DESC, hashint8extended(facility, {NOW.toordinal()})) AS turn FROM best
        )
        SELECT listing, facility, miles, score, word, state, count(*) OVER () FROM turned
        ORDER BY (turn = 1 AND word & %(closed)s::bigint = 0) DESC, score DESC,
          hashint8extended(facility, {NOW.toordinal()}) LIMIT {TOP}"""
    return statement, values
