"""Pictures of every page, into docs/pictures: `make pictures`. For looking at, and for whoever reads the docs."""

from pathlib import Path
from typing import Literal

import pytest

from routing.vocabulary import Role
from tests.browser.conftest import Console
from tests.browser.test_for_everybody import SignedIn, full_house

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[str, int, Scheme, str], ...] = (
    ("desk", 1280, "light", "English"),
    ("phone", 390, "dark", "Español"),
)
pytestmark = pytest.mark.usefixtures("directory")


def name_of(address: str, contact_id: str) -> str:
    """A file name that stays the same from run to run."""
    plain = address.replace(contact_id, "one").partition("?")[0].strip("/").replace("/", "-")
    return "-".join("one" if part.isdigit() else part for part in plain.split("-"))


@pytest.mark.parametrize(("look", "width", "scheme", "language"), LOOKS, ids=[look[0] for look in LOOKS])
def test_pictures(console: Console, signed_in: SignedIn, look: str, width: int, scheme: Scheme, language: str) -> None:
    addresses = full_house(console)
    contact = next(one for one in addresses if one.startswith("/contacts/")).split("/")[2]
    page, _ = signed_in("Hana Ito", Role.ADMIN)
    if language != "English":
        page.locator(".menu summary").click()
        page.get_by_role("button", name=language).click()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    PICTURES.mkdir(exist_ok=True)
    for address in addresses:
        page.goto(address)
        path = PICTURES / f"{name_of(address, contact)}-{look}.jpg"
        page.screenshot(path=path, full_page=True, type="jpeg", quality=45, caret="initial")
