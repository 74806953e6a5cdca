"""Static files under /assets, named with a hash of their content so that browsers may keep them."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, url_for

FOLDER = Path(__file__).parents[1] / "static"
A_YEAR = 31_536_000

blueprint = Blueprint(
    "assets",
    __name__,
    static_folder=str(FOLDER),
    static_url_path="/assets",
    template_folder=str(FOLDER.parent / "templates"),
)


@cache
def _version(name: str) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file; it changes when the file does."""
    return url_for("assets.static", filename=name, v=_version(name))
