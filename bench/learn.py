"""`python -m bench.learn`: learns from the corpus what danger sounds like and writes `language/likeness.json`.

With `--check` it writes nothing: every source of the corpus in turn is left out of the learning and then measured,
which tells what messages by somebody else will get. Thresholds are chosen by that table.

Logistic regression over three classes (none, emergency, despair) by AdaGrad, a text at a time, in a fixed order of
seeds, so that the same corpus always gives the same file. The held-out messages are never read.
"""

import hashlib
import json
import sys
from collections import Counter
from math import log1p
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.triage import measure, ours, share
from config.content import load_content
from routing.likeness import Weights, signs
from routing.triage import TriageRules
from routing.words import read

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "corpus" / "messages.jsonl"
LEARNT = ROOT / "config" / "content" / "language" / "likeness.json"
CLASSES = {"911_now": 1, "911_now_then_988": 1, "988_warm_transfer": 2}
SEEN_AT_LEAST = 2  # texts in which a sign must stand to be learnt
ROUNDS, STEP, SHRINK, BIAS_STEP, SEED = 20, 0.3, 2e-4, 0.02, 0
RAISE_FROM, DOUBT_BELOW = 0.5, -1.25  # log odds; chosen by `--check`
Floats = NDArray[np.float64]


def fingerprint() -> str:
    """Of the corpus as it is now."""
    return hashlib.sha256(CORPUS.read_bytes()).hexdigest()[:12]


def texts(lines: list[dict[str, Any]], rules: TriageRules) -> list[dict[str, None]]:
    """The signs of each line."""
    return [signs(read(line["text"], rules.plain).words) for line in lines]


def learn(lines: list[dict[str, Any]], rules: TriageRules) -> tuple[Weights, tuple[float, float]]:
    """Of each sign its weights for emergency and despair against none and its rarity; and the bias."""
    found = texts(lines, rules)
    counted = Counter(sign for one in found for sign in one)
    known = {sign: at for at, sign in enumerate(sorted(s for s, n in counted.items() if n >= SEEN_AT_LEAST))}
    rarity = np.array([round(log1p(len(lines) / counted[sign]), 2) for sign in known])
    rows = [np.array(sorted(known[sign] for sign in one if sign in known), dtype=np.int64) for one in found]
    truth = [CLASSES.get(line["urgency"], 0) for line in lines]
    weights, bias = _fit(rows, rarity, truth)
    against_none = np.round(weights[:, 1:] - weights[:, :1], 2)
    learnt = {
        sign: (float(against_none[at, 0]), float(against_none[at, 1]), float(rarity[at])) for sign, at in known.items()
    }
    return learnt, (round(float(bias[1] - bias[0]), 2), round(float(bias[2] - bias[0]), 2))


def _fit(rows: list[NDArray[np.int64]], rarity: Floats, truth: list[int]) -> tuple[Floats, Floats]:
    """Weights of shape (signs, 3) and bias of the three classes; `rows` are the known signs of each text."""
    weights, bias, steps = np.zeros((len(rarity), 3)), np.zeros(3), np.full((len(rarity), 3), 1e-2)
    order = np.random.default_rng(SEED)
    for _ in range(ROUNDS):
        for at in order.permutation(len(rows)):
            row = rows[at]
            if not len(row):
                continue
            loud = rarity[row] / np.linalg.norm(rarity[row])
            odds = loud @ weights[row] + bias
            wrong = np.exp(odds - odds.max())
            wrong /= wrong.sum()
            wrong[truth[at]] -= 1
            slope = loud[:, None] * wrong + SHRINK * weights[row]
            steps[row] += slope * slope
            weights[row] -= STEP * slope / np.sqrt(steps[row])
            bias -= BIAS_STEP * wrong
    return weights, bias


def write(weights: Weights, bias: tuple[float, float]) -> None:
    """Replaces the learnt file: a sign a line."""
    top = {"learnt_from": fingerprint(), "raise_from": RAISE_FROM, "doubt_below": DOUBT_BELOW, "bias": bias}
    rows = (f"{json.dumps(sign, ensure_ascii=False)}: {list(three)}" for sign, three in sorted(weights.items()))
    text = json.dumps(top)[:-1] + ', "signs": {\n' + ",\n".join(rows) + "\n}}\n"
    LEARNT.write_text(text, encoding="utf-8")


def check(lines: list[dict[str, Any]]) -> None:
    """Prints recall and false alarms for each source (first letter of the id), learnt from all others.

    The phrases of the older sources were written with them at hand, so those rows are too good for the phrases' part.
    """
    content = load_content()
    rules = TriageRules.build(content)
    for source in sorted({line["id"][0] for line in lines}):
        signs_of, bias = learn([line for line in lines if line["id"][0] != source], rules)
        likeness = content.likeness.model_copy(
            update={"signs": signs_of, "bias": bias, "raise_from": RAISE_FROM, "doubt_below": DOUBT_BELOW}
        )
        heard = TriageRules.build(content.model_copy(update={"likeness": likeness}))
        told = measure([line for line in lines if line["id"][0] == source], ours(heard))
        names = ("recall 911", "recall 988", "no false alarm")
        row = [f"{name} {share(told[name].get('all')):6.1%}" for name in names]
        print(f"{source}: " + ", ".join(row), flush=True)


if __name__ == "__main__":
    corpus = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    if "--check" in sys.argv:
        check(corpus)
        raise SystemExit
    learnt, start = learn(corpus, TriageRules.build(load_content()))
    write(learnt, start)
    print(f"{len(learnt)} signs learnt from {len(corpus)} messages.")
