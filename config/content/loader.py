"""Reads and checks the content files; a mistake stops the start with a sentence naming file and key."""

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from config.content.shapes import (
    Content,
    Cues,
    LevelsOfCare,
    Likeness,
    Mention,
    Payer,
    RedFlag,
    Shape,
    Substance,
    Tier,
    Towns,
    TwoLanguages,
)

HERE = Path(__file__).parent
HEARD = ("sounds_like_emergency", "sounds_like_despair")  # flags that no phrase raises
# Lists that reading a text cannot do without (language/lists.toml).
LISTS = (
    *("zip_before", "not_zip_before", "not_zip_after", "leaves_before", "street_after", "not_age_after"),
    *("spanish", "english", "town_before", "fillers"),
)
AnyShape = TypeVar("AnyShape", bound=Shape)


class ContentError(ValueError):
    """Content that cannot be used; the message is a sentence for whoever edited the file."""


def load_content(directory: Path | None = None) -> Content:
    """All content under `directory` (default: the content of this project). Raises `ContentError`."""
    root = directory or HERE
    spellings = read_toml(root, "language/spellings.toml")
    for part, words in spellings.items():
        if not isinstance(words, dict) or not all(isinstance(long, str) for long in words.values()):
            raise ContentError(f'language/spellings.toml: {part}: write cant = "can not" below [english] or [spanish].')
    ordinary = _word_lists(root, "language/ordinary.toml", ("words", "targets"))
    content = Content(
        version=_version(root),
        substances=_unique("substances", _listed(root, "substances", "substance", Substance)),
        red_flags=_unique("red_flags", [shaped(RedFlag, data, name) for name, data in _folder(root, "red_flags")]),
        payers=_unique("payers.toml", _entries(root, "payers.toml", "payer", Payer)),
        mentions=tuple(_entries(root, "mentions.toml", "mention", Mention)),
        cues=tuple(shaped(Cues, read_toml(root, "language/cues.toml"), "language/cues.toml")),
        spellings={short: long for part in spellings.values() for short, long in part.items()},
        groups=_word_lists(root, "language/groups.toml"),
        lists=_word_lists(root, "language/lists.toml", LISTS),
        ordinary_words=ordinary["words"],
        spelling_targets=ordinary["targets"],
        likeness=shaped(Likeness, _read_json(root, "language/likeness.json"), "language/likeness.json"),
        towns=shaped(Towns, read_toml(root, "language/towns.toml"), "language/towns.toml"),
        tier_says=_tiers(root),
    )
    _check_references(content)
    return content


def read_toml(root: Path, name: str) -> dict[str, Any]:
    """One content file. Raises `ContentError` when it is missing or cannot be read."""
    path = root / name
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ContentError(f"{path}: this file is missing.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path}: cannot be read: {error}.") from None


def _read_json(root: Path, name: str) -> Any:
    """A file that a program wrote, too long to be read as TOML at every start (a second for forty thousand lines)."""
    path = root / name
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ContentError(f"{path}: this file is missing.") from None
    except ValueError as error:
        raise ContentError(f"{path}: cannot be read: {error}.") from None


def _folder(root: Path, folder: str) -> list[tuple[str, dict[str, Any]]]:
    names = sorted(f"{folder}/{path.name}" for path in (root / folder).glob("*.toml"))
    if not names:
        raise ContentError(f"{root / folder}: holds no .toml file.")
    return [(name, read_toml(root, name)) for name in names]


def shaped(shape: type[AnyShape], data: Any, where: str) -> AnyShape:
    """`data` in its shape. Raises `ContentError` naming `where` and the first key that is wrong."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ContentError(f"{where}: {key}: {first['msg']}.") from None


def _entries(root: Path, name: str, key: str, shape: type[AnyShape]) -> list[AnyShape]:
    data = read_toml(root, name)
    if not isinstance(data.get(key), list):
        raise ContentError(f"{name}: holds no [[{key}]].")
    return [shaped(shape, entry, f"{name}: {entry.get('id', '(no id)')}") for entry in data[key]]


def _listed(root: Path, folder: str, key: str, shape: type[AnyShape]) -> list[AnyShape]:
    return [entry for name, _ in _folder(root, folder) for entry in _entries(root, name, key, shape)]


def _word_lists(root: Path, name: str, needed: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """Lists of words by name. Raises `ContentError` naming the list that is missing or is none."""
    lists = read_toml(root, name)
    for key in needed:
        if key not in lists:
            raise ContentError(f"{name}: the list “{key}” is missing.")
    for key, words in lists.items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ContentError(f"{name}: {key}: write a list of words, each in quotes, in [ ].")
    return {key: tuple(words) for key, words in lists.items()}


def _tiers(root: Path) -> dict[str, TwoLanguages]:
    """What each tier means, in both languages. Raises `ContentError` naming the tier that is missing or wrong."""
    tiers = shaped(LevelsOfCare, read_toml(root, "levels_of_care.toml"), "levels_of_care.toml").tiers
    says = {}
    for tier in get_args(Tier):
        told = {language: words[tier] for language, words in tiers["says"].items() if tier in words}
        says[tier] = shaped(TwoLanguages, told, f"levels_of_care.toml: {tier}")
    return says


AnyEntry = TypeVar("AnyEntry", Substance, RedFlag, Payer)


def _unique(where: str, entries: Iterable[AnyEntry]) -> tuple[AnyEntry, ...]:
    entries = tuple(entries)
    for entry_id, times in Counter(entry.id for entry in entries).items():
        if times > 1:
            raise ContentError(f"{where}: id: “{entry_id}” stands there {times} times; each id may stand once.")
    return entries


def _check_references(content: Content) -> None:
    flags = {flag.id for flag in content.red_flags}
    for name in HEARD:
        if name not in flags:
            raise ContentError(
                f"red_flags/{name}.toml: there must be a flag “{name}”: it is raised by the sound of texts."
            )
    classes = {substance.substance_class for substance in content.substances}
    for flag in content.red_flags:
        if flag.history is not None and flag.history not in flags:
            raise ContentError(f"red_flags/{flag.id}.toml: history: there is no flag “{flag.history}”.")
        for extra in flag.alongside:
            for name in extra.with_any:
                if name not in flags | classes | {"substance"}:
                    raise ContentError(f"red_flags/{flag.id}.toml: alongside.with: there is no flag or class “{name}”.")
        for name in (*flag.together.one_of, *flag.together.with_any) if flag.together else ():
            if name not in classes:
                raise ContentError(f"red_flags/{flag.id}.toml: together: there is no substance class “{name}”.")


def _version(root: Path) -> str:
    """Twelve hex digits over every content file: any edit changes it."""
    digest = hashlib.sha256()
    for path in sorted((*root.rglob("*.toml"), *root.rglob("*.json"))):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
