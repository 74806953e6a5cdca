"""Imports of the directory by page: a file is uploaded and looked at, then taken over or left; imports are undone."""

import io
import uuid
from pathlib import Path
from typing import IO, Any, cast

import structlog
from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from services.directory import upload_files, upload_page, uploads
from services.directory.plain_csv import HEADER, NEEDED
from services.directory.uploads import UploadRefused, UploadWish
from web import guards
from web.console import unreadable
from web.console.directory import STATES
from web.console.place_words import service_name
from web.guards import ADMINS, allow
from web.house import house
from web.receiving import HouseRequest
from web.spreadsheet import write_csv

MB = 1_000_000
FORM_BYTES = 64_000  # what stands around the file
UPLOADING = "imports.upload"
SCOPES = ("", "national", "state", "list")
EXAMPLE = {  # a place that nobody takes for a real one
    **{"name1": "Example House (replace this row)", "name2": "Detox unit", "street1": "1 Example Street"},
    **{"city": "Chelsea", "state": "MA", "zip": "02150", "phone": "617-555-0123", "intake": "617-555-0124"},
    **{"website": "https://example.org", "kind": "SU", "codes": "SA DT RD MDET ADLT MD"},
}

blueprint = Blueprint("imports", __name__)
log = structlog.get_logger(__name__)


@blueprint.url_value_preprocessor
def before_the_form_is_read(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """The guard reads the form for its token: by then it must be known where the file goes."""
    if request.endpoint == UPLOADING:
        request.max_content_length = _most() + FORM_BYTES
        cast(HouseRequest, request).receive = _receive
        g.came = []


@blueprint.teardown_request
def nothing_half_sent(_error: BaseException | None) -> None:
    """What was not kept goes, also when the browser was closed in the middle."""
    for file in g.pop("came", ()):
        file.close()
        upload_files.discard(Path(file.name))


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The file is larger than the setting allows."""
    return _list("too_large"), 413


@blueprint.errorhandler(OSError)
def no_room(error: OSError) -> ResponseReturnValue:
    """The disk is full, or LOCAL_STATE_DIR cannot be written."""
    log.error("upload_not_kept", errno=error.errno)
    return _list("no_room"), 507


@blueprint.get("/directory/imports")
@allow(ADMINS)
def page() -> ResponseReturnValue:
    """The newest imports, files that wait for a word, and the form for another."""
    return _list()


@blueprint.get("/directory/imports/sample.csv")
@allow(ADMINS)
def sample() -> ResponseReturnValue:
    """The columns of one's own list with one invented place, to be filled on in a spreadsheet."""
    text = io.StringIO()
    write_csv(text, [HEADER, [EXAMPLE.get(column, "") for column in HEADER]])
    headers = {"Content-Disposition": "attachment; filename=directory-sample.csv"}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)


@blueprint.post("/directory/imports")
@allow(ADMINS)
def upload() -> ResponseReturnValue:
    """Keep a file and have it looked at; nothing is changed."""
    file, form = request.files.get("file"), request.form
    if file is None or not file.filename:
        return _list(UploadRefused.NO_FILE), 422
    file.stream.flush()
    wish = UploadWish(form.get("scope", ""), form.get("state", ""), form.get("as_of", ""))
    begun = uploads.begin(house(), Path(file.stream.name), file.filename, wish, guards.person().id, guards.now())
    if isinstance(begun, UploadRefused):
        return _list(begun), 422
    return redirect(url_for("imports.one", upload_id=begun))


@blueprint.get("/directory/imports/<uuid:upload_id>")
@allow(ADMINS)
def one(upload_id: uuid.UUID) -> ResponseReturnValue:
    """One upload: how far it is, what it would change, what it changed. The page asks for its part until it is over."""
    return _one(upload_id)


@blueprint.post("/directory/imports/<uuid:upload_id>")
@allow(ADMINS)
def decide(upload_id: uuid.UUID) -> ResponseReturnValue:
    """The admin's word (`act`): take it over, leave it, look again."""
    act, by, now = request.form.get("act", ""), guards.person().id, guards.now()
    if act == "take":
        refused = uploads.take(house(), upload_id, by, now, confirmed="confirmed" in request.form)
    elif act == "leave":
        refused = uploads.leave(house(), upload_id, now)
    elif act == "again":
        refused = uploads.look_again(house(), upload_id, now)
    else:
        abort(400)
    if refused is not None:
        return _one(upload_id, refused), 422 if refused is UploadRefused.CONFIRM else 409
    return redirect(url_for("imports.page") if act == "leave" else url_for("imports.one", upload_id=upload_id))


@blueprint.post("/directory/imports/<int:import_id>/undo")
@allow(ADMINS)
def undo(import_id: int) -> ResponseReturnValue:
    """Take a whole import back."""
    by, now = guards.person().id, guards.now()
    begun = uploads.undo(house(), import_id, by, now, confirmed="confirmed" in request.form)
    if isinstance(begun, UploadRefused):
        return _list(begun), 422 if begun is UploadRefused.WOULD_EMPTY else 409
    return redirect(url_for("imports.one", upload_id=begun))


def _most() -> int:
    return int(current_app.extensions["settings"].directory_upload_mb) * MB


def _receive() -> IO[bytes]:
    file = upload_files.receive(house())
    g.came.append(file)
    return file


def _list(refused: str = "") -> str:
    unreadable.shown()
    given = {} if refused in {"too_large", "no_room"} else request.form
    return render_template(
        "imports.html",
        found=upload_page.imports(house()),
        refused=refused,
        given=given,
        columns=HEADER,
        needed=NEEDED,
        codes=house().service_codes.by_code,
        service_name=service_name,
        scopes=SCOPES,
        states=STATES,
        most=_most(),
        megabytes=_most() // MB,
        today=guards.now().date().isoformat(),
    )


def _one(upload_id: uuid.UUID, refused: str | None = None) -> str:
    found = upload_page.shown(house(), upload_id)
    if found is None:
        abort(404)
    template = "_import.html" if request.headers.get("HX-Request") else "import.html"
    return render_template(template, found=found, refused=refused, service_name=service_name)
