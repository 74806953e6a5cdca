"""Triage on the corpus: recall, false alarms and facts by kind and language, and speed, against a plain phrase list."""

import json
import re
import statistics
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench.rows import Row
from config.content import load_content
from routing.triage import TriageRules

TITLE = "Triage (share of right answers; milliseconds)"
ROOT = Path(__file__).resolve().parents[1]


CORPUS = ROOT / "tests" / "corpus"
PLAIN_PHRASES = Path(__file__).with_name("plain_phrases.toml")
CALLS_911 = {"911_now", "911_now_then_988"}
DANGER = CALLS_911 | {"988_warm_transfer"}
ROUNDS = 5
# what the rules were written from; what they were not; what somebody else wrote
PARTS = ("messages", "held_out", "independent")
Line = dict[str, Any]
Table = dict[str, dict[str, tuple[int, int]]]
Answer = Callable[[str], Line]


def read(name: str) -> list[Line]:
    """One corpus file."""
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


def ours(rules: TriageRules) -> Answer:
    """What the service understands."""

    def answer(text: str) -> Line:
        known = rules.understand(text)
        return {
            "urgency": known.urgency.value,
            "substances": sorted(substance.id for substance in known.substances),
            "payer": known.payer,
            "zip": known.zip,
        }

    return answer


def plain() -> Answer:
    """The baseline: a list of phrases, found as whole words, the most urgent first; the first five digits are a ZIP."""
    flags = tomllib.loads(PLAIN_PHRASES.read_text(encoding="utf-8")).values()
    actions = ["911_now", "911_now_then_988", "988_warm_transfer", "urgent_same_day_medical", "poison_control"]
    patterns = [
        (
            action,
            re.compile("|".join(rf"\b{re.escape(p)}\b" for f in flags if f["action"] == action for p in f["phrases"])),
        )
        for action in actions
    ]
    names = {s.id: [n.lower() for n in s.generic + s.brand + s.street] for s in load_content().substances}
    substances = {i: re.compile("|".join(rf"\b{re.escape(n)}\b" for n in all_)) for i, all_ in names.items()}
    payers = {p.id: [n for n in p.says if "|" not in n and ".." not in n] for p in load_content().payers}
    payer_patterns = {i: re.compile("|".join(rf"\b{re.escape(n)}\b" for n in all_)) for i, all_ in payers.items()}

    def answer(text: str) -> Line:
        low = text.lower()
        found = next((action for action, pattern in patterns if pattern.search(low)), "none")
        zip_code = re.search(r"\b\d{5}\b", low)
        return {
            "urgency": "urgent_same_day_medical" if found == "poison_control" else found,
            "substances": sorted(i for i, pattern in substances.items() if pattern.search(low)),
            "payer": next((i for i, pattern in payer_patterns.items() if pattern.search(low)), None),
            "zip": zip_code.group() if zip_code else None,
        }

    return answer


def verdicts(line: Line, said: Line) -> Iterable[tuple[str, bool]]:
    """Which measures a line counts for, and whether each was right."""
    truth, told = line["urgency"], said["urgency"]
    if truth in CALLS_911:
        yield "recall 911", told in CALLS_911
    elif truth == "988_warm_transfer":
        yield "recall 988", told in DANGER
    else:
        yield "no false alarm", told not in DANGER
    if line["kind"].startswith("neg_"):
        yield "no false alarm on hard negatives", told not in DANGER
    if truth is not None:  # None: no danger, which other urgency it has was not labelled
        yield "urgency exact", told == truth
    if line["substances"] is None:  # labelled for danger alone
        return
    yield "substances", said["substances"] == sorted(line["substances"])
    for key in ("payer", "zip"):
        if line[key] or said[key]:
            yield key, said[key] == line[key]


def measure(lines: list[Line], answer: Answer) -> Table:
    """Right and all, by measure and by group (all, language, kind)."""
    table: Table = defaultdict(dict)
    for line in lines:
        for name, right in verdicts(line, answer(line["text"])):
            for group in ("all", line["language"], line["kind"]):
                good, total = table[name].get(group, (0, 0))
                table[name][group] = (good + right, total + 1)
    return table


def share(counted: tuple[int, int] | None) -> float:
    """Right of all, or 1 when nothing was asked."""
    return counted[0] / counted[1] if counted else 1.0


TARGETS = {
    "recall 911": 0.99,
    "recall 988": 0.99,
    "no false alarm on hard negatives": 0.95,
    "substances": 0.97,
    "payer": 0.95,
    "zip": 0.99,
}


def speed(answer: Answer, texts: list[str]) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds, the fastest of several rounds for each text."""
    best = []
    for text in texts:
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            answer(text)
            times.append(time.perf_counter() - start)
        best.append(min(times) * 1000)
    best.sort()
    return statistics.median(best), best[int(len(best) * 0.99)]


def run() -> list[Row]:
    """Shares of right answers by part of the corpus, all of a part first, then by kind and language; then speed."""
    rules = TriageRules.build(load_content())
    mine, baseline = ours(rules), plain()
    rows: list[Row] = []
    for part in PARTS:
        if (CORPUS / f"{part}.jsonl").exists():
            lines = read(f"{part}.jsonl")
            rows += _shares(part, measure(lines, mine), measure(lines, baseline))
    return rows + _speeds(mine, baseline)


def _shares(part: str, here: Table, there: Table) -> list[Row]:
    rows: list[Row] = []
    for name, groups in here.items():
        for group, counted in groups.items():
            target = TARGETS.get(name) if group == "all" else None
            shown = f"{part}: {name} ({group}, {counted[1]})"
            value, other = share(counted), share(there[name].get(group))
            rows.append(Row(shown, "share", value, other, target, of_ours=True))
    return sorted(rows, key=lambda row: "(all, " not in row.name)


def _speeds(mine: Answer, baseline: Answer) -> list[Row]:
    texts = [line["text"] for line in read("messages.jsonl")]
    long = [(" ".join(texts[i : i + 6]))[:160] for i in range(0, len(texts) - 6, 3)]
    (median, p99), (plain_median, plain_p99) = speed(mine, long), speed(baseline, long)
    huge = [((" ".join(texts) + " ") * 3)[:65_536]]
    (whole, _), (plain_whole, _) = speed(mine, huge), speed(baseline, huge)
    return [
        Row("160 characters, median", "ms", median, plain_median, 1.0, at_least=False, of_ours=True),
        Row("160 characters, p99", "ms", p99, plain_p99, 5.0, at_least=False, of_ours=True),
        Row("64 KB", "ms", whole, plain_whole, None, at_least=False),
    ]
