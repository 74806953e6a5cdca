"""Follow-up plans as data: what the house owes people, and what a wrong edit says."""

from pathlib import Path

import pytest

from config.follow_ups import FILE, FollowUpsError, load_follow_ups
from config.phrases import load_phrases
from routing.follow_up import By, Ended, plans_from
from routing.vocabulary import Disposition, FollowUpKind

PLANS = plans_from(load_follow_ups(load_phrases()))
SEGMENTS_IN_GSM_7 = 160


def kinds(ended: Ended) -> list[FollowUpKind]:
    return [step.kind for _, step in PLANS.owed(ended)]


def test_a_referral_is_followed_from_the_first_day_to_the_month() -> None:
    assert kinds(Ended(Disposition.REFERRED)) == [
        FollowUpKind.CHECK_IN,
        FollowUpKind.DID_THEY_TAKE_YOU,
        FollowUpKind.WEEK,
        FollowUpKind.MONTH,
    ]


@pytest.mark.parametrize("disposition", [Disposition.CALLER_LEFT, Disposition.NOT_FOR_US, Disposition.VOICEMAIL])
def test_a_bare_hang_up_is_owed_nothing_whatever_was_said(disposition: Disposition) -> None:
    ended = Ended(disposition, flags=frozenset({"stopped_abruptly"}), substances=frozenset({"clonazepam"}))
    assert kinds(ended) == []


def test_the_daily_checks_need_both_the_drug_and_the_sudden_stop() -> None:
    flags, drug = frozenset({"stopped_abruptly"}), frozenset({"clonazepam"})
    assert kinds(Ended(Disposition.INFORMATION, flags=flags, substances=drug)).count(
        FollowUpKind.WITHDRAWAL_CHECK
    ) == len(range(2, 11))
    assert kinds(Ended(Disposition.INFORMATION, flags=flags, substances=frozenset({"alprazolam"}))) == []
    assert kinds(Ended(Disposition.INFORMATION, substances=drug)) == []


def test_every_text_of_a_plan_fits_one_segment_in_english_and_names_no_treatment() -> None:
    phrases = load_phrases()
    for plan in PLANS.plans:
        for step in (step for step in plan.steps if step.by is By.TEXT):
            words = phrases[step.words_neutral or step.words]["en"].format(organisation="Harborline")
            assert len(words) <= SEGMENTS_IN_GSM_7
            assert not {"treatment", "detox", "drug", "rehab", "recovery"} & set(words.lower().split())


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('words = "follow_up.week"', 'words = "follow_up.weak"', "follow_up.weak"),
        ('channel = "text"', 'channel = "pigeon"', "channel"),
        ("silent_attempts = 4", "silent_attempts = 40", "silent_attempts"),
        ("spacing_hours = 24", "spacing_hour = 24", "spacing_hour"),
    ],
)
def test_a_wrong_edit_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    file = tmp_path / "follow_ups.toml"
    file.write_text(FILE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FollowUpsError, match=named):
        load_follow_ups(load_phrases(), file)
