"""The page with the pretend phones."""

from flask import Blueprint, Response, render_template

_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def blueprint() -> Blueprint:
    """`GET /`."""
    pages = Blueprint("page", __name__)
    pages.add_url_rule("/", view_func=index)
    pages.after_app_request(_protect)
    return pages


def index() -> str:
    """The page; its script fills it."""
    return render_template("phones.html")


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
