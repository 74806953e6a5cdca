"""A page that is looked at says so in place of what cannot be decrypted; what acts on such a value still breaks."""

from flask import Flask, Response, request

from web.console.speech import language
from web.house import house
from web.words import LANGUAGES, table

LOOKS = ("GET", "HEAD")


def register(app: Flask) -> None:
    """Before anything of a request is read."""
    app.before_request(_begin)
    app.after_request(_named)
    app.teardown_request(_end)


def shown() -> None:
    """From here on this request only shows: it has acted, and its answer must not break of what stands beside it."""
    if request.method not in LOOKS:
        _show(everywhere=True)


def _show(*, everywhere: bool) -> None:
    for spoken in (*LANGUAGES, language()):  # in no language are these words taken for what somebody wrote
        house().db.show_unreadable(table(spoken)["unreadable"], everywhere=everywhere)


def _begin() -> None:
    _show(everywhere=request.method in LOOKS)


def _named(response: Response) -> Response:
    """A file that is handed out with words in place of what could not be read says so by its name."""
    given = response.headers.get("Content-Disposition", "")
    if given.startswith("attachment") and house().db.unreadable_met():
        response.headers["Content-Disposition"] = given.replace("filename=", "filename=incomplete-")
    return response


def _end(_: BaseException | None) -> None:
    _show(everywhere=False)
