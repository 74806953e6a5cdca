"""Reads config/content/information: what the line tells about substances and topics, and where help is, by state."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from config.content.loader import HERE, AnyShape, ContentError, read_toml, shaped
from config.content.shapes import Content, Shape, TwoLanguages

FOLDER = HERE / "information"
LONGEST_LINE = 160  # characters: one segment in English, three in Spanish, about ten seconds of speech
# The order in which a sheet is told: danger of stopping before everything else
SECTIONS = ("what", "stopping", "used_for", "how", "side_effects", "heavy_use", "withdrawal", "care")
NEEDED = frozenset({"what", "stopping", "used_for", "side_effects", "withdrawal"})
NEAR_YOU = ("naloxone", "families", "shelter")
GENERAL, NEAR, SOURCES = "general.toml", "near_you.toml", "sources.toml"


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Line = Annotated[str, Field(min_length=1, max_length=LONGEST_LINE)]
SomeLines = Annotated[tuple[Line, ...], BeforeValidator(_as_list), Field(min_length=1)]


class Lines(Shape):
    """Short lines in both languages."""

    en: SomeLines
    es: SomeLines


class Sections(Shape):
    """What a family or a sheet says under each heading."""

    what: Lines | None = None
    stopping: Lines | None = None
    used_for: Lines | None = None
    how: Lines | None = None
    side_effects: Lines | None = None
    heavy_use: Lines | None = None
    withdrawal: Lines | None = None
    care: Lines | None = None


class Family(Sections):
    """What holds for every sheet of a kind. `prescribed`: doctors prescribe it."""

    id: str
    prescribed: bool


class Leaflet(Sections):
    """One substance's own lines; what it leaves out comes from its family."""

    substance: str
    family: str
    name: TwoLanguages
    prescribed: bool | None = None


class Topic(Shape):
    """Something worth knowing that belongs to no single substance."""

    id: str
    asked_by: tuple[str, ...] = Field(min_length=1)
    sources: tuple[str, ...]
    name: TwoLanguages
    lines: Lines


class General(Shape):
    """general.toml."""

    as_of: date
    first: str
    signs: Lines
    person: Lines
    topic: tuple[Topic, ...]


class Near(Shape):
    """What is told everywhere about one kind of help; `dial_211` where that number answers.

    `heard_in`: single words that mean it in a question such as "where can I get narcan".
    """

    asked_by: tuple[str, ...] = Field(min_length=1)
    heard_in: tuple[str, ...] = ()
    name: TwoLanguages
    lines: Lines
    dial_211: TwoLanguages | None = None


class State(Shape):
    """What a state adds; `sources`: whose page says so, and the day of reading, whenever it has lines of its own."""

    id: str = Field(pattern="^[A-Z]{2}$")
    name: TwoLanguages
    dial_211: bool
    naloxone: Lines | None = None
    families: Lines | None = None
    shelter: Lines | None = None
    sources: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_who_says_so(self) -> Self:
        if (self.naloxone or self.families or self.shelter) and not self.sources:
            raise ValueError("name the sources of its own lines, each with the day of reading")
        return self


class NearYou(Shape):
    """near_you.toml."""

    as_of: date
    naloxone: Near
    families: Near
    shelter: Near
    state: tuple[State, ...]


def load_information(content: Content, folder: Path = FOLDER) -> dict[str, Any]:
    """Plain values for `routing.information.Library.build`; raises ContentError naming file and key."""
    sources = read_toml(folder, SOURCES).get("sources", {})
    general = shaped(General, read_toml(folder, GENERAL), f"information/{GENERAL}")
    near = shaped(NearYou, read_toml(folder, NEAR), f"information/{NEAR}")
    sheets = _sheets(content, folder, general) + [_topic(topic, general) for topic in general.topic]
    known = {entry["id"] for entry in sheets}
    if general.first not in known:
        raise ContentError(f"information/{GENERAL}: first: there is no sheet “{general.first}”.")
    for entry in sheets:
        entry["sources"] = [_source(sources, source, entry["id"]) for source in entry["sources"]]
    everywhere = {kind: _near(kind, getattr(near, kind), None, near.as_of) for kind in NEAR_YOU}
    return {
        "sheets": [*sheets, *everywhere.values()],
        "first": general.first,
        "asked_by": {topic.id: topic.asked_by for topic in general.topic}
        | {kind: getattr(near, kind).asked_by for kind in NEAR_YOU},
        "heard_in": {kind: getattr(near, kind).heard_in for kind in NEAR_YOU},
        "near": {
            kind: {state.id: _near(kind, getattr(near, kind), state, near.as_of) for state in near.state}
            for kind in NEAR_YOU
        },
    }


def _sheets(content: Content, folder: Path, general: General) -> list[dict[str, Any]]:
    named = {substance.id: substance.sources for substance in content.substances}
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name in (GENERAL, NEAR, SOURCES):
            continue
        where = f"information/{path.name}"
        data = read_toml(folder, path.name)
        if not isinstance(data.get("as_of"), date):
            raise ContentError(f"{where}: as_of: write the day of the last reading, such as 2026-11-22.")
        families = {family.id: family for family in _each(Family, data, "family", "id", where)}
        for leaflet in _each(Leaflet, data, "sheet", "substance", where):
            here = f"{where}: {leaflet.substance}"
            if leaflet.family not in families:
                raise ContentError(f"{here}: family: there is no [[family]] “{leaflet.family}” in this file.")
            if leaflet.substance not in named or leaflet.substance in found:
                raise ContentError(f"{here}: substance: not in the catalogue, or it stands there twice.")
            found[leaflet.substance] = {
                "id": leaflet.substance,
                "name": leaflet.name.model_dump(),
                "sections": _sections(leaflet, families[leaflet.family], general, here),
                "sources": list(dict.fromkeys(named[leaflet.substance])),
                "as_of": data["as_of"],
            }
    missing = sorted(set(named) - set(found))
    if missing:
        raise ContentError(f"information: no sheet tells about {', '.join(missing)}. Write one in a file of its kind.")
    return list(found.values())


def _each(shape: type[AnyShape], data: Mapping[str, Any], kind: str, key: str, where: str) -> list[AnyShape]:
    entries = data.get(kind)
    if not isinstance(entries, list):
        raise ContentError(f"{where}: holds no [[{kind}]].")
    return [shaped(shape, entry, f"{where}: {entry.get(key, 'no ' + key)}") for entry in entries]


def _sections(leaflet: Leaflet, family: Family, general: General, here: str) -> dict[str, Any]:
    told: dict[str, Lines | None] = {}
    for heading in SECTIONS:
        told[heading] = getattr(leaflet, heading) or getattr(family, heading)
        if told[heading] is None and heading in NEEDED:
            raise ContentError(f"{here}: {heading}: is missing here and in the family “{family.id}”.")
    if family.prescribed if leaflet.prescribed is None else leaflet.prescribed:
        told["signs"] = general.signs
    told["person"] = general.person
    return {heading: lines.model_dump() for heading, lines in told.items() if lines is not None}


def _topic(topic: Topic, general: General) -> dict[str, Any]:
    sections = {"about": topic.lines.model_dump(), "person": general.person.model_dump()}
    name = topic.name.model_dump()
    return {"id": topic.id, "name": name, "sections": sections, "sources": topic.sources, "as_of": general.as_of}


def _near(kind: str, near: Near, state: State | None, as_of: date) -> dict[str, Any]:
    """One kind of help, everywhere or in a state: what the state adds comes first."""
    lines: Mapping[str, tuple[str, ...]] = near.lines.model_dump()
    sources: tuple[str, ...] = ()
    if state is not None:
        own = getattr(state, kind)
        sources = state.sources if own else ()
        for language, words in (own.model_dump() if own else {}).items():
            lines = {**lines, language: (*words, *lines[language])}
        if state.dial_211 and near.dial_211:
            for language, sentence in near.dial_211.model_dump().items():
                dial = sentence.format(state=getattr(state.name, language))
                lines = {**lines, language: (dial, *lines[language])}
    name = near.name.model_dump()
    return {"id": kind, "name": name, "sections": {"about": lines}, "sources": list(sources), "as_of": as_of}


def _source(sources: Mapping[str, str], source: str, sheet: str) -> str:
    if source not in sources:
        raise ContentError(f"information/{SOURCES}: there is no source “{source}”, which the sheet “{sheet}” names.")
    return sources[source]
