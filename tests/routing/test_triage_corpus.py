"""The rules keep what they have learnt: nobody in danger in the corpus is overlooked by an edit of the content."""

from bench.triage import measure, ours, read, share
from routing.triage import TriageRules


def test_an_edit_of_the_content_loses_no_danger_and_raises_no_false_alarm(triage_rules: TriageRules) -> None:
    learnt = measure(read("messages.jsonl"), ours(triage_rules))
    assert share(learnt["recall 911"]["all"]) >= 0.99
    assert share(learnt["recall 988"]["all"]) >= 0.99
    assert share(learnt["no false alarm on hard negatives"]["all"]) >= 0.97
    assert share(learnt["substances"]["all"]) >= 0.99
