"""What the line tells: each fact of the helpline's own pages has its place, sheets are whole, mistakes are named."""

import shutil
from pathlib import Path

import pytest

from config.content import Content, ContentError, load_content
from config.information import FOLDER, load_information
from routing.information import SEGMENTS_AT_ONCE, Library, Sheet, pages
from routing.segments import plain_letters, segments
from routing.vocabulary import Language

MORE, LAST = "MORE: go on. CALL ME: a person.", "LLÁMENME: una persona. INFO y un nombre: más."
# Where each fact of the helpline's own pages stands: sheet, heading, words in English, words in Spanish.
FACTS = (
    ("clonazepam", "what", "is a benzodiazepine", "es una benzodiacepina"),
    ("clonazepam", "what", "slows the central nervous system", "calma el sistema nervioso"),
    ("clonazepam", "what", "long half-life", ""),
    ("clonazepam", "used_for", "short-term use only", "Solo por poco tiempo"),
    ("clonazepam", "used_for", "anticonvulsant, muscle relaxant, sedative-hypnotic", "anticonvulsivo"),
    ("clonazepam", "used_for", "seizures, panic attacks and anxiety", "convulsiones, ataques de pánico y ansiedad"),
    ("clonazepam", "used_for", "withdrawal from other benzodiazepines", "abstinencia de otras benzodiacepinas"),
    ("clonazepam", "used_for", "restless legs, multifocal tic disorder, bipolar disorder", "piernas inquietas"),
    ("clonazepam", "used_for", "Parkinson's disease", "Parkinson"),
    ("clonazepam", "used_for", "replace Librium or Serax", "reemplazar a Librium o Serax"),
    ("clonazepam", "used_for", "short-acting benzodiazepines", "acción corta"),
    ("clonazepam", "how", "GABA", "GABA"),
    ("clonazepam", "how", "about 40% of the brain's connections", "40%"),
    ("clonazepam", "how", "over-excited when the medicine is missing", "sobreexcitado"),
    ("clonazepam", "side_effects", "depression, agitation, aggression or violence", "agresión o violencia"),
    ("clonazepam", "side_effects", "thoughts of self-harm, difficulty breathing", "ideas de hacerse daño"),
    ("clonazepam", "heavy_use", "slow breathing and lead to coma or death", "coma o la muerte"),
    ("clonazepam", "withdrawal", "seizures, hallucinations, changed behavior", "convulsiones, alucinaciones"),
    ("clonazepam", "withdrawal", "sweating, shaking, stomach cramps", "sudor, temblor, calambres"),
    ("clonazepam", "stopping", "do not stop it suddenly", "No la deje de golpe"),
    ("clonazepam", "care", "liver disease, breathing or lung disease, depression", "hígado o respiratoria, depresión"),
    ("clonazepam", "signs", "nothing else gives relief", "nada más le alivia"),
    ("dependence", "about", "the same amount does less", "la misma cantidad hace menos"),
    ("dependence", "about", "needs it at steady times", "la necesita a horas fijas"),
    ("dependence", "about", "look like the body's real need", "una necesidad real del cuerpo"),
    ("dependence", "about", "began with a prescription", "empezó con una receta"),
    ("dependence", "about", "recreational use", "uso recreativo"),
    ("signs", "about", "run out too quickly, several doctors", "se acaba muy pronto, varios médicos"),
    ("signs", "about", "speak with your doctor immediately", "hable con su médico cuanto antes"),
    ("panic", "about", "sudden, unexpected attack of extreme fear and worry", "repentino e inesperado"),
    ("treatment", "about", "medically monitored detox", "desintoxicación con vigilancia médica"),
    ("treatment", "about", "quality dual-diagnosis center", "diagnóstico dual"),
    ("this_line", "about", "toll-free and free, 24 hours a day", "gratuita, las 24 horas"),
    ("this_line", "about", "private, unless", "privado, salvo"),
    ("this_line", "about", "may be able to work with your insurer", "quizá pueda trabajar con su seguro"),
)


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy that may be edited."""
    return Path(shutil.copytree(FOLDER, tmp_path / "information"))


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact[0]}: {fact[2][:30]}")
def test_every_fact_of_the_pages_has_its_place(library: Library, fact: tuple[str, str, str, str]) -> None:
    sheet_id, heading, english, spanish = fact
    sheet = library.sheet(sheet_id)
    assert sheet is not None
    section = next(section for section in sheet.sections if section.heading == heading)
    assert english in " ".join(section.lines["en"])
    assert spanish in " ".join(section.lines["es"])


def test_every_substance_has_a_sheet_with_sources_and_a_way_to_a_person(library: Library, content: Content) -> None:
    assert len(content.substances) == 57
    for substance in content.substances:
        sheet = library.sheet(substance.id)
        assert sheet is not None, substance.id
        assert {"what", "stopping", "used_for", "side_effects", "withdrawal", "person"} <= {
            section.heading for section in sheet.sections
        }
        assert sheet.sources, substance.id


@pytest.mark.parametrize("language", Language)
def test_a_part_is_three_segments_at_most_and_the_first_one_warns(library: Library, language: Language) -> None:
    for sheet in library.sheets.values():
        parts = pages(sheet.lines(language), MORE, LAST)
        assert max(segments(part) for part in parts) <= SEGMENTS_AT_ONCE, sheet.id
        warning = [s.lines[language.value][0] for s in sheet.sections if s.heading == "stopping"]
        assert all(plain_letters(line) in parts[0] for line in warning), sheet.id


def test_help_near_is_listed_for_every_state_and_knows_where_211_answers(library: Library) -> None:
    assert {len(by_state) for by_state in library.near.values()} == {54}  # states, DC, PR, VI, GU
    ohio, guam = library.sheet("shelter", "OH"), library.sheet("shelter", "GU")
    assert ohio is not None
    assert guam is not None
    assert "In Ohio, dial 211" in ohio.lines(Language.ENGLISH)[0]
    assert not any("211" in line for line in guam.lines(Language.SPANISH))


def test_what_a_state_adds_comes_first_and_says_who_says_so(library: Library) -> None:
    ohio, everywhere = library.sheet("naloxone", "OH"), library.sheet("naloxone")
    assert ohio is not None
    assert everywhere is not None
    assert "naloxone.ohio.gov" in ohio.lines(Language.ENGLISH)[0]
    assert ohio.lines(Language.SPANISH)[1:] == everywhere.lines(Language.SPANISH)
    assert "read 2026-11-22" in ohio.sources[0]
    assert all(sheet.sources for by in library.near.values() for s, sheet in by.items() if _adds(library, sheet))


def _adds(library: Library, sheet: Sheet) -> bool:
    general = library.sheet(sheet.id)
    own = [line for line in sheet.lines(Language.ENGLISH) if "dial 211" not in line]
    return general is not None and own != list(general.lines(Language.ENGLISH))


@pytest.mark.parametrize(
    ("name", "old", "new", "named"),
    [
        ("sedatives.toml", 'family = "sedative"', 'family = "sedatives"', "sedatives.toml: z_drug: family"),
        ("stimulants.toml", "[[sheet]]", "[[sheet]]\ncolour = 1", "stimulants.toml: cocaine: colour"),
        ("others.toml", "The last two: call 911.", "The last two: call 911. " * 9, "synthetic_cannabinoid: withdrawal"),
        ("opioids.toml", 'substance = "heroin"', 'substance = "herion"', "opioids.toml: herion: substance"),
        ("sources.toml", "GHBREV", "GHB", "there is no source “GHBREV”"),
        ("near_you.toml", 'sources = ["State of Ohio', '# ["State of Ohio', "name the sources of its own lines"),
        ("general.toml", 'first = "clonazepam"', 'first = "klonopin"', "general.toml: first"),
    ],
)
def test_a_mistake_stops_the_start_and_names_file_and_key(
    content: Content, folder: Path, name: str, old: str, new: str, named: str
) -> None:
    edit(folder, name, old, new)
    with pytest.raises(ContentError) as refused:
        load_information(content, folder)
    assert named in str(refused.value)


def test_a_substance_without_a_sheet_stops_the_start(content: Content, folder: Path) -> None:
    (folder / "opioids.toml").unlink()
    with pytest.raises(ContentError, match="no sheet tells about buprenorphine_use"):
        load_information(content, folder)
