"""A page that is looked at says so in place of what cannot be decrypted; what acts on such a value still breaks."""

from flask import Flask, request

from web.console.speech import language
from web.house import house
from web.words import table


def register(app: Flask) -> None:
    """Before anything of a request is read."""
    app.before_request(_begin)
    app.teardown_request(_end)


def _begin() -> None:
    looks = request.method in ("GET", "HEAD")
    house().db.show_unreadable(table(language())["unreadable"], everywhere=looks)


def _end(_: BaseException | None) -> None:
    house().db.show_unreadable(table(language())["unreadable"], everywhere=False)
