"""The pages behind the links of our texts: a consent to read and sign, and the signed copy. No session, no script.

Opening a link shows nothing of what it is about: phones and networks open links by themselves for a preview, and
somebody else may hold the telephone. The first press does. The key travels in the query and in hidden fields only.
"""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from routing.links import KEY
from routing.vocabulary import Language
from services import signing_page
from services.signing_page import Copy, Door, NotSigned, Signature
from web import guards
from web.guards import limiter
from web.house import house
from web.words import LANGUAGES, Words

LIMIT = "30 per minute"  # by address: nobody guesses a key of 192 bits, and nobody keeps us busy with it
GONE, NOT_TAKEN = 410, 422

blueprint = Blueprint("consent_pages", __name__, url_prefix="/consent")


@blueprint.after_request
def alone(response: Response) -> Response:
    """Nothing but our own style sheet, no address told to anybody, in no index."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.get("/sign")
@limiter.limit(LIMIT)
def door() -> ResponseReturnValue:
    """Whether the link still opens, and nothing more."""
    asked = signing_page.open_link(house(), _key(), _language(), guards.now())
    return _page("door", asked.language, action="sign") if asked.door is Door.OPEN else _closed(asked.door)


@blueprint.post("/sign")
@limiter.limit(LIMIT)
def sign() -> ResponseReturnValue:
    """The words to agree to; with `signed`, the signature."""
    if "signed" not in request.form:
        return _to_sign()
    language = _language() or Language.ENGLISH
    given = Signature(
        name=request.form.get("name", ""),
        agreed=request.form.get("agreed") == "yes",
        digest=request.form.get("digest", ""),
        language=language,
        subject=request.form.get("subject", ""),
    )
    taken = signing_page.sign(house(), _key(), given, guards.now())
    if isinstance(taken, Copy):
        return _copy_page(taken, just_signed=True)
    return _to_sign(taken, given.name, given.subject) if isinstance(taken, NotSigned) else _to_sign()


def _to_sign(refused: NotSigned | None = None, typed: str = "", subject: str = "") -> tuple[str, int]:
    asked = signing_page.open_link(house(), _key(), _language(), guards.now())
    if asked.door is not Door.OPEN:
        return _closed(asked.door)
    said = {"refused": refused, "typed": typed, "subject": subject, "for_another": asked.for_another}
    page = _page("sign", asked.language, text=asked.text, **said)
    return page, NOT_TAKEN if refused else 200


def _closed(door: Door) -> tuple[str, int]:
    return _page("closed", None, door=door.value), GONE


@blueprint.get("/copy")
@limiter.limit(LIMIT)
def copy_door() -> ResponseReturnValue:
    """Whether the link of a copy still opens."""
    found = signing_page.copy_of(house(), _key(), guards.now())
    return _page("door", found.language, action="copy") if found is not None else _closed(Door.OVER)


@blueprint.post("/copy")
@limiter.limit(LIMIT)
def copy() -> ResponseReturnValue:
    """The signed copy, to read, print, or take back."""
    if "take_back" in request.form:
        found = signing_page.take_back(house(), _key(), guards.now())
    else:
        found = signing_page.copy_of(house(), _key(), guards.now())
    return _copy_page(found) if found is not None else _closed(Door.OVER)


def _copy_page(found: Copy, *, just_signed: bool = False) -> str:
    return _page("copy", found.language, copy=found, key=found.key, just_signed=just_signed)


def _key() -> str:
    return request.form.get(KEY) or request.args.get(KEY, "")


def _language() -> Language | None:
    chosen = request.form.get("language")
    return Language(chosen) if chosen in LANGUAGES else None


def _page(name: str, language: Language | None, **values: object) -> str:
    known = language or _language() or request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
    words = Words(str(known), house().rules.default_timezone)
    return render_template(f"consent/{name}.html", **{"t": words, "key": _key(), "key_name": KEY, **values})
