"""Nothing is compared that must not be: a mistake stops the start with a sentence."""

from pathlib import Path

import pytest

from config.experiments import FILE, ExperimentsError, load_experiments
from config.follow_ups import load_follow_ups
from config.phrases import load_phrases

PHRASES = load_phrases()
PLANS = load_follow_ups(PHRASES)
AGAIN = "[[experiment]]\n" + FILE.read_text().split("[[experiment]]\n", 1)[1].replace("check_in_wording", "second")


def test_what_is_shipped_can_be_run() -> None:
    assert [one["id"] for one in load_experiments(PHRASES, PLANS)] == ["check_in_wording"]


@pytest.mark.parametrize(
    ("found", "instead", "named"),
    [
        ('plan = "referral"', 'plan = "crisis"', "danger"),
        ('step = "check_in"', 'step = "call"', "no one step"),
        ('step = "check_in"', 'step = "did_they_take_you"', "two wordings"),
        ('aspect = "wording"', 'aspect = "whether"', "aspect"),
        ('aspect = "wording"', 'aspect = "hour"', "gives hour and nothing else"),
        ('words = "follow_up.check_in.question"', 'words = "follow_up.week"', "must be a phrase named"),
        ('words = "follow_up.check_in.question"', 'words = "follow_up.check_in.nowhere"', "must be a phrase named"),
        ('words = "follow_up.check_in.question"', "attempts = 0", "attempts"),
        ('id = "standard"', 'id = "ours"', "first arm"),
        ("ends = 2027-07-05", "ends = 2026-07-05", "before it ends"),
        ("ends = 2027-07-05", "ends = soon", "value"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, found: str, instead: str, named: str) -> None:
    file = tmp_path / "experiments.toml"
    file.write_text(FILE.read_text().replace(found, instead))
    with pytest.raises(ExperimentsError, match=named):
        load_experiments(PHRASES, PLANS, file)


def test_one_step_is_changed_by_one_experiment_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "experiments.toml"
    file.write_text(f"{FILE.read_text()}\n{AGAIN}")
    with pytest.raises(ExperimentsError, match="same time"):
        load_experiments(PHRASES, PLANS, file)
