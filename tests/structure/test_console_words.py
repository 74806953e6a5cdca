"""The console speaks both languages fully, and has a sentence for everything that happens to a contact."""

import json
import re
from collections import Counter
from pathlib import Path
from string import Formatter
from zoneinfo import available_timezones

import pytest

from config.content import load_content
from config.settings import Settings
from models.consents import ConsentHow, ConsentKind
from models.directory_uploads import UploadState
from routing import disclosure, vocabulary
from routing.dialogue_state import Wish
from routing.follow_up import Dropped, Outcome
from routing.sending import Purpose, Refusal
from services.audit import KINDS
from services.directory.refused import Refused
from services.directory.uploads import Problem, UploadRefused
from services.failures import FailureKind, LetGoReason
from services.in_call import CallRefused
from services.knowing import SINGLE_ANSWERS
from services.passkeys import PasskeyRefused
from services.person_record import RecordRefused
from services.places_texted import NotTexted
from services.referrals.referring import ReferralRefused
from services.shift_moves import MoveRefused
from services.signing_page import NotSigned
from services.telling import NotTold
from services.unreachable import LastWord
from services.users import UserRefused
from services.voicemails import VoicemailOutcome
from services.written_consents import Revoked, Unprepared
from web import offers
from web.words import LANGUAGES, table

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = {
    "status": vocabulary.ContactStatus,
    "channel": vocabulary.Channel,
    "urgency": vocabulary.Urgency,
    "disposition": vocabulary.Disposition,
    "leg_kind": vocabulary.LegKind,
    "leg_status": vocabulary.LegStatus,
    "addressed": vocabulary.Addressed,
    "rescue_step": vocabulary.RescueStep,
    "presence": vocabulary.Presence,
    "role": vocabulary.Role,
    "text_status": vocabulary.TextStatus,
    "follow_up": vocabulary.FollowUpKind,
    "failure": FailureKind,
    "failures.wrong": Refusal,
    "let_go": LetGoReason,
    "purpose": Purpose,
    "follow_up_status": vocabulary.FollowUpStatus,
    "language": vocabulary.Language,
    "bed_level": vocabulary.BedLevel,
    "why": vocabulary.ReportKind,
    "report": vocabulary.ReportKind,
    "refused": Refused,
    "refusal": Refusal,
    "outcome": (*Outcome, *Dropped, *Refusal, *LastWord),
    "wanted_because": (Wish.EMERGENCY, Wish.COUNSELOR),
    "voicemail.outcome": VoicemailOutcome,
    "need": vocabulary.Need,
    "call_refused": CallRefused,
    "part": vocabulary.Part,
    "referral": vocabulary.ReferralStatus,
    "user_refused": UserRefused,
    "move_refused": MoveRefused,
    "passkey_refused": PasskeyRefused,
    "said_by": vocabulary.SaidBy,
    "decline": vocabulary.DeclineReason,
    "referral_work": vocabulary.ReferralWork,
    "referrals.refused": ReferralRefused,
    "record_refused": RecordRefused,
    "told": disclosure.Told,
    "not_texted": NotTexted,
    "not_told": NotTold,
    "signs_as": disclosure.SignsAs,
    "revoked": Revoked,
    "unprepared": Unprepared,
    "basis": disclosure.Basis,
    "consent_kind": ConsentKind,
    "consent_how": ConsentHow,
    "consent_page.not_signed": NotSigned,
    "shared_for": disclosure.SharedFor,
    "upload_state": UploadState,
    "upload_problem": Problem,
    "upload_refused": UploadRefused,
}
# What events, legs and follow-ups hold as plain words of the code: the family of words, and where the code writes them
WRITTEN = {
    "wanted_because": re.compile(r"want_counselor\(\s*session,\s*house,\s*contact,\s*\"(\w+)\""),
    "given_back_because": re.compile(r"give_back\(\s*session,\s*house,\s*contact,\s*\"(\w+)\""),
    "end_reason": re.compile(r"(?:dismiss|let_go|end_leg|leg_ended)\([^)\n]*?\"([\w-]+)\""),
    "outcome": re.compile(r"last_outcome = (?:[\w.]+, now, )?\"(\w+)\""),
    "queue_result": re.compile(r"\"(queue-full|error|system-error)\""),
}
PROVIDERS_ENDS = ("completed", "busy", "no-answer", "failed", "canceled", "refused")
RECORDED = re.compile(r"(?:record|_tell)\(\s*session,\s*[\w.]+,\s*\"(\w+)\"")
CALLED = re.compile(r"\bt\(\s*\"([\w.]+)\"\s*[,)]")
NEVER = re.compile(r"\b(addicts?|abusers?|abuse|junkies?|clean|drogadict\w*|adictos?|adictas?)\b", re.IGNORECASE)


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_stands_twice(language: str) -> None:
    pairs: list[tuple[str, str]] = []
    json.loads((ROOT / "web" / "i18n" / f"{language}.json").read_text(encoding="utf-8"), object_pairs_hook=pairs.extend)
    assert [key for key, times in Counter(key for key, _ in pairs).items() if times > 1] == [], "the last would win"


def test_both_languages_say_the_same_things_with_the_same_gaps() -> None:
    english, spanish = table("en"), table("es")
    assert list(english) == list(spanish)
    for key, words in english.items():
        assert places(words) == places(spanish[key]), key


@pytest.mark.parametrize("family", FAMILIES)
def test_every_word_of_the_vocabulary_is_said_in_words(family: str) -> None:
    for word in FAMILIES[family]:
        assert f"{family}.{word.value}" in table("en"), word


def test_every_flag_of_the_triage_is_said_in_words() -> None:
    content = load_content()
    raised = {flag.id for flag in content.red_flags} | {flag.history for flag in content.red_flags if flag.history}
    assert {"sounds_like_emergency", "sounds_like_despair"} <= raised
    for language in LANGUAGES:
        assert [flag for flag in sorted(raised) if f"flag.{flag}" not in table(language)] == [], language


@pytest.mark.parametrize("family", WRITTEN)
def test_every_reason_that_the_code_writes_is_said_in_words(family: str) -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "services").rglob("*.py"))
    written = {
        word for found in WRITTEN[family].findall(code) for word in ([found] if isinstance(found, str) else found)
    }
    assert written - {""}, "the pattern finds nothing any more"
    assert {word for word in written - {""} if f"{family}.{word}" not in table("en")} == set()


def test_every_end_of_a_call_at_the_provider_is_said_in_words() -> None:
    assert {word for word in PROVIDERS_ENDS if f"end_reason.{word}" not in table("en")} == set()


def test_every_answer_that_triage_can_give_is_said_in_words() -> None:
    families = {"condition": "conditions", "use": "use", "whom": "for_whom"}
    said = {f"{families[one.kind]}.{one.id}" for one in load_content().mentions if one.kind in families}
    assert "for_whom.self" in said
    assert said - set(table("en")) == set()
    assert {f"answer.{key}" for key in SINGLE_ANSWERS} - set(table("en")) == set()


def test_everything_that_the_roster_offers_is_said_in_words() -> None:
    assert {code for code in (*offers.OTHERS, *offers.SKILLS) if f"offers.{code}" not in table("en")} == set()
    assert {zone for zone in offers.ZONES if f"zone.{zone}" not in table("en")} == set()
    assert set(offers.ZONES) <= available_timezones()


def test_every_source_of_an_answer_is_said_in_words() -> None:
    for source in ("speech", "text", "keypad", "counselor", "understood"):
        assert f"source.{source}" in table("en")


def test_everything_that_is_audited_is_said_in_words() -> None:
    assert {kind for kind in KINDS if f"audit.{kind}" not in table("en")} == set()
    assert {key for keys in KINDS.values() for key in keys if f"audit_key.{key}" not in table("es")} == set()


def test_everything_that_the_doctor_finds_is_said_in_words() -> None:
    code = (ROOT / "services" / "account.py").read_text()
    found = re.findall(r'Finding\("(\w+)"([^)]*)', code)
    codes = {word for _, rest in found for word in re.findall(r'"([a-z_]+)"', rest)} - {
        "state",
        "fields",
        "count",
        "why",
        "https",
    }
    assert "not_set_up" in codes
    said = {f"doctor.subject.{about}" for about, _ in found} | {f"doctor.{code}" for code in codes}
    assert said - set(table("en")) == set()


def test_every_setting_says_what_it_does() -> None:
    assert {name for name in Settings.model_fields if f"setting.{name.upper()}" not in table("en")} == set()


def test_every_event_of_a_timeline_has_its_sentence() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "services").rglob("*.py"))
    kinds = {"call_opened", *RECORDED.findall(code)}
    assert "accepted" in kinds
    assert {kind for kind in {*kinds, "referral", "referral_outcome"} if f"event.{kind}" not in table("en")} == set()


def test_pages_ask_only_for_sentences_that_exist() -> None:
    pages = "\n".join(path.read_text() for path in (ROOT / "web" / "templates").rglob("*.html"))
    asked = set(CALLED.findall(pages))
    assert "contacts.title" in asked
    assert asked - set(table("en")) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_are_spoken_of_as_people(language: str) -> None:
    for key, words in table(language).items():
        assert not NEVER.search(words), key


def test_no_page_has_script_or_style_of_its_own() -> None:
    for path in (ROOT / "web" / "templates").rglob("*.html"):
        page = path.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|hx-on", page), path.name


def test_a_time_that_counts_on_is_not_read_out_each_second() -> None:
    for path in (ROOT / "web" / "templates").rglob("*.html"):
        for found in re.findall(r"<\w+[^>]*\bticking\b[^>]*", path.read_text()):
            assert 'role="timer" aria-live="off"' in found, f"{path.name}: {found}"


def test_no_page_prints_a_time_as_the_machine_writes_it() -> None:
    """Days and times are said by `t`, on the reader's clock; only attributes that people do not read are ISO."""
    attribute = re.compile(r'(?:\b(?:datetime|value|data-[\w-]+)="\{\{[^}]*\}\}|url_for\([^)]*\)|\{% set [^%]*%\})')
    for page in sorted((ROOT / "web" / "templates").rglob("*.html")):
        said = attribute.sub("", page.read_text(encoding="utf-8"))
        found = re.findall(r"\{\{[^}]*\.(?:isoformat\(\)|date\(\)(?!,))[^}]*\}\}", said)
        assert not [one for one in found if "licence_in_words" not in one], page.name
