"""What every page of the console may call: words in the reader's language, clocks, and error pages in words."""

from collections.abc import Mapping
from typing import Any, cast

from flask import current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from routing.phone import spoken
from routing.sentence import Sentence
from web import guards, offers
from web.console import passkeys
from web.console.admin import tabs as admin_tabs
from web.console.assets import asset
from web.house import house
from web.words import LANGUAGES, Words, lasted

LANGUAGE_COOKIE = "language"
EXPLAINED = frozenset({400, 401, 403, 404, 405, 413, 429, 500})


def words() -> Words:
    """This reader's words: the language they chose, else what their browser asks for; times in their own zone."""
    if "words" not in g:
        zone = guards.person().timezone if current_user.is_authenticated else house().rules.default_timezone
        g.words = Words(language(), zone)
    return cast(Words, g.words)


def language() -> str:
    """The language that this reader chose, else what their browser asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def for_templates() -> dict[str, Any]:
    """Names that every template has."""
    me = guards.person() if current_user and current_user.is_authenticated else None
    return {
        "t": words(),
        "me": me,
        "now": guards.now(),
        "asset": asset,
        "lasted": lasted,
        "spoken": spoken,
        "languages": LANGUAGES,
        "organisation": house().rules.organisation_name,
        "line_live": house().rules.live,
        "softphone": current_app.extensions["access_tokens"] is not None,
        "may_open": guards.may_open,
        "admin_tabs": admin_tabs,
        "offered": lambda word: offers.name(words(), word),
        "offered_all": lambda said: ", ".join(offers.name(words(), word) for word in said),
        "sentence": sentence,
        "passkeys_elsewhere": passkeys.elsewhere(),
        "failed_words": failed_words,
        "unreadable_met": house().db.unreadable_met,
        "events_url": f"{guards.events_origin()}/events",
    }


def sentence(said: Sentence | Mapping[str, Any] | str) -> str:
    """A sentence of the importers in the reader's language; stored ones are plain, those of older releases English."""
    plain = said.plain() if isinstance(said, Sentence) else said
    if isinstance(plain, str):
        return plain
    t, values = words(), {name: _filling(name, value) for name, value in plain.items() if name != "code"}
    return t.with_gaps(plain["code"] if "." in plain["code"] else f"row_refused.{plain['code']}", values)


def _filling(name: str, value: Any) -> Any:
    t = words()
    if isinstance(value, list):
        return "; ".join(map(sentence, value))
    if isinstance(value, dict):
        return sentence(value)
    if value is None or value == "":
        return t("imports.this_file" if value is None else "place.blank")
    return t.of("place_field", value) if name == "field" else value


UNSENT = ("trying", "not_sent", "press_again")  # of a request without an answer: in the header, and where it stands


def failed_words() -> dict[str, str]:
    """What the page itself says of a request that failed: a sentence by HTTP status, "0" when no answer came."""
    said = {str(code): words()(f"error.{code}") for code in sorted(EXPLAINED)}
    return {**said, "0": words()("error.no_answer"), **{key: words()(f"error.{key}") for key in UNSENT}}


def error_page(error: HTTPException) -> ResponseReturnValue:
    """An error in words, saying what to do; machines and webhooks get the plain one."""
    if request.path.startswith(guards.PUBLIC_PATHS) or error.code is None or error.code < 400:
        return error
    key = "csrf" if isinstance(error, CSRFError) else str(error.code if error.code in EXPLAINED else 500)
    template = "_error.html" if request.headers.get("HX-Request") else "error.html"
    return render_template(template, key=key), error.code
