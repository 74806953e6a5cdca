"""The directory's read-only API at /api/v1: HSDS-shaped JSON for those who hold a key."""

import hashlib

from flask import Blueprint, Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException

from services.api_keys import HEADER, holder_of
from web.console.speech import error_page
from web.guards import limiter, now
from web.house import house

PREFIX = "/api/v1"
LIMIT = "120 per minute"  # by address and process: the country in a minute, and callers never wait for readers
OPEN_ENDPOINTS = frozenset({"api.about", "api.document"})
LONGEST_KEY = 200
_SENTENCES = {
    401: f"Send your key in the header {HEADER}. The helpline that runs this directory gives keys out.",
    404: "Nothing is published here. Look at openapi.json for what there is.",
    405: "Nothing is changed through this API. Ask with GET.",
    429: "That was too many requests. Wait a minute.",
    500: "Something went wrong on our side. Try again later.",
}

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
limiter.limit(LIMIT)(blueprint)


@blueprint.before_request
def check_key() -> ResponseReturnValue | None:
    """Whoever has no key gets only the description of the API."""
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    key = request.headers.get(HEADER, "")
    if not key or len(key) > LONGEST_KEY or holder_of(house(), key, now()) is None:
        return refusal(401)
    return None


def refusal(status: int, sentence: str = "") -> Response:
    """An error as JSON with one sentence that says what to do."""
    answer = jsonify(error=sentence or _SENTENCES.get(status, _SENTENCES[500]))
    answer.status_code = status
    if status == 405:
        answer.headers["Allow"] = "GET, HEAD, OPTIONS"
    if status == 401:
        answer.headers["WWW-Authenticate"] = f'ApiKey header="{HEADER}"'
    return answer


def answer(found: BaseModel | None) -> Response:
    """What was found as JSON with an ETag, or 304 when the reader has it; 404 when nothing was."""
    if found is None:
        return refusal(404)
    body = found.model_dump_json(exclude_none=True)
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = HEADER
    response.set_etag(hashlib.blake2b(body.encode(), digest_size=16).hexdigest())
    response.make_conditional(request)
    return response


@blueprint.errorhandler(HTTPException)
def error(problem: HTTPException) -> ResponseReturnValue:
    """Any error below this blueprint in the same form."""
    return refusal(problem.code or 500, problem.description if problem.code == 400 and problem.description else "")


def register(app: Flask) -> None:
    """Hang the API on the application."""
    from web.api import routes  # noqa: F401 - hangs its routes on the blueprint

    app.register_blueprint(blueprint)
    for status in (404, 405):  # of these the application hears before it knows whose address it was
        app.register_error_handler(status, _nowhere)


def _nowhere(problem: HTTPException) -> ResponseReturnValue:
    return error(problem) if request.path.startswith("/api/") else error_page(problem)
