"""An admin looks after the line in a browser: words, a plan, going live, a directory file, a fact put right."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models import directory_uploads, edited_words, line_setup
from models.people import Counselor
from routing.vocabulary import Language, Role
from services import live_words
from services.directory import uploads
from tests.browser.conftest import Console
from tests.browser.test_for_everybody import serious_findings
from tests.fixtures.directory import place, plain_csv

pytestmark = [pytest.mark.browser]


@pytest.fixture
def nobody_said_so(console: Console) -> Iterator[None]:
    """Other tests find the line as it was: nobody said whether it is live."""
    yield
    with console.house.db.begin() as session:
        edited_words.next_words_version(session)
        line_setup.line_state(session, lock=True)[0].live = None


@pytest.mark.usefixtures("nobody_said_so")
def test_an_admin_changes_words_and_a_plan_and_is_told_what_keeps_the_line_from_going_live(
    console: Console, signed_in: Callable[..., tuple[Page, Counselor]]
) -> None:
    page, _ = signed_in("Lu Marsh", Role.ADMIN)
    page.goto("/phrases/follow_up.week")
    expect(page.get_by_role("button", name="Read it to me: English")).to_be_visible()
    words, check = page.get_by_label("English", exact=True), page.locator("#check")
    words.fill("{organisation}: did you quit? Reply 1.")
    expect(check).to_contain_text("whoever answers with that one word gets no more texts")
    expect(check).to_contain_text("Harborline: did you quit?")
    words.fill("{organisation}: a week on, we are here. Reply 1 for a call.")
    expect(check).to_contain_text("Nothing speaks against these words")
    page.get_by_role("button", name="Read it to me: English").click()
    page.get_by_role("button", name="Save these words").click()
    expect(page.get_by_text("Changed by Lu Marsh")).to_be_visible()
    live_words.look(console.house)
    said = console.house.phrases.text("follow_up.week", Language.ENGLISH, organisation="Harborline")
    assert said == "Harborline: a week on, we are here. Reply 1 for a call."
    page.get_by_role("button", name="Use the shipped words again").click()
    expect(page.get_by_text("These are the words as shipped")).to_be_visible()

    page.goto("/plans")
    page.get_by_role("link", name="Change this plan").first.click()
    page.locator("#after-0").fill("400")
    page.locator("#unit-0").select_option("days")
    page.get_by_role("button", name="Save this plan").click()
    expect(page.get_by_role("alert")).to_contain_text("between 0 hours and 365 days")
    expect(page.locator("#after-0")).to_be_focused()
    page.locator("#after-0").fill("2")
    page.get_by_role("button", name="Save this plan").click()
    expect(page.get_by_text("Changed by Lu Marsh")).to_be_visible()
    page.get_by_role("button", name="Do it as shipped again").click()
    expect(page.get_by_text("This plan is done as shipped")).to_be_visible()

    page.goto("/setup")
    page.get_by_role("button", name="Look now").click()
    expect(page.locator("#findings")).to_contain_text("Twilio gave no clear answer")
    page.get_by_label("Number (empty: your own phone in the roster)").fill("617 555 0177")
    page.get_by_role("button", name="Ring this phone").click()
    expect(page.locator("#test-call")).to_contain_text("about to ring")
    page.get_by_text("Take the line off", exact=True).click()
    page.get_by_role("button", name="Yes, take the line off").click()
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("alert")).to_contain_text("Twilio gave no clear answer")
    page.goto("/board")
    expect(page.get_by_text("The line is not live")).to_be_visible()


@pytest.mark.usefixtures("directory")
def test_an_admin_imports_a_directory_file_and_takes_it_back(
    console: Console, signed_in: Callable[..., tuple[Page, Counselor]], tmp_path: Path
) -> None:
    page, _ = signed_in("Mo Reyes", Role.ADMIN)
    file = tmp_path / "laramie.csv"
    file.write_text(plain_csv([place("Prairie House", city="Laramie", state="WY", zip="82070"), place("Odd", zip="0")]))

    def work() -> None:
        """A worker's part; the page asks by itself how far it is."""
        with console.house.db.begin() as session:
            (waiting,) = directory_uploads.uploads_in(session, directory_uploads.BEGUN)
        uploads.run(console.house, waiting.id, datetime.now(UTC))

    page.goto("/setup")
    page.get_by_role("link", name="Import a file").click()
    page.get_by_label("Directory file").set_input_files(file)
    page.get_by_label("What the file speaks for").select_option("A list of some places")
    page.get_by_role("button", name="See what it would change").click()
    shown = page.locator("#upload")
    expect(shown).to_contain_text("It waits for its turn.")
    work()
    expect(shown).to_contain_text("2 rows read: 1 added, 0 changed, 0 unchanged, 0 retired, 1 in quarantine.")
    assert serious_findings(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Take it over").press("Enter")
    expect(shown).to_contain_text("turn to be taken over")
    work()
    expect(shown).to_contain_text("It is taken over.")
    page.get_by_role("button", name="Undo the whole import").press("Enter")
    expect(shown).to_contain_text("The undo waits for its turn.")
    work()
    expect(shown).to_contain_text("The import is undone.")


@pytest.mark.usefixtures("directory")
def test_an_admin_corrects_a_fact_and_believes_the_list_again(signed_in: Callable[..., tuple[Page, Counselor]]) -> None:
    page, _ = signed_in("Noa Field", Role.ADMIN)
    page.goto("/directory?q=lantern+street")
    page.get_by_role("link", name="Lantern Street Recovery").click()
    website = page.locator("#facts li").filter(has=page.locator("#v-website"))
    website.locator("summary").click()
    website.locator("#v-website").fill("lantern.example")
    reason = website.locator("#r-website")
    reason.fill("Their intake desk said so by phone.")
    reason.press("Enter")
    expect(website.locator("#v-website")).to_be_focused()  # where it is wrong, and said there
    expect(website.locator("#v-website")).to_have_accessible_description(re.compile("http"))
    expect(reason).to_have_value("Their intake desk said so by phone.")
    website.locator("#v-website").fill("https://lantern.example")
    reason.press("Enter")
    expect(website).to_contain_text("https://lantern.example")
    expect(website).to_contain_text("Noa Field")
    expect(page.locator("#story")).to_contain_text("Noa Field")
    website.locator("summary").click()
    website.get_by_role("button", name="Believe the lists again").click()
    expect(website).not_to_contain_text("https://lantern.example")
    expect(page.locator("#story")).to_contain_text("was put right for a time: https://lantern.example")
