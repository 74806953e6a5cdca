"""Pictures of every page, into docs/pictures: `make pictures`. For looking at, and for whoever reads the docs."""

import re
from pathlib import Path
from typing import Literal

import pytest

from routing.vocabulary import Role
from tests.browser.conftest import Console
from tests.browser.full_house import fill
from tests.browser.test_for_everybody import SignedIn

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
IDS = re.compile(r"\d+|[0-9a-f-]{36}")
Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[str, int, Scheme, str], ...] = (
    ("desk", 1280, "light", "English"),
    ("phone", 390, "dark", "Español"),
)
pytestmark = pytest.mark.usefixtures("directory")


def names_of(addresses: list[str]) -> list[str]:
    """File names that stay the same from run to run: whoever has an id is "one", the second of a kind "one-2"."""
    names: list[str] = []
    for address in addresses:
        parts = ["one" if IDS.fullmatch(part) else part for part in address.partition("?")[0].strip("/").split("/")]
        name = "-".join(parts)
        names.append(f"{name}-{names.count(name) + 1}" if name in names else name)
    return names


@pytest.mark.parametrize(("look", "width", "scheme", "language"), LOOKS, ids=[look[0] for look in LOOKS])
def test_pictures(console: Console, signed_in: SignedIn, look: str, width: int, scheme: Scheme, language: str) -> None:
    page, ana = signed_in("Ana Ruiz")
    addresses = fill(console, ana)
    if look == "desk":  # the README's: a counselor on a call
        page.goto(addresses[0])
        page.screenshot(
            path=PICTURES.parent / "console.png",
            clip={"x": 0, "y": 0, "width": 1280, "height": 1000},
            full_page=True,
            caret="initial",
        )
    page.context.clear_cookies()
    page, _ = signed_in("Hana Ito", Role.ADMIN)
    if language != "English":
        page.locator(".menu summary").click()
        page.get_by_role("button", name=language).click()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    PICTURES.mkdir(exist_ok=True)
    for address, name in zip(addresses, names_of(addresses), strict=True):
        page.goto(address)
        path = PICTURES / f"{name}-{look}.jpg"
        page.screenshot(path=path, full_page=True, type="jpeg", quality=45, caret="initial")
