"""Scores by simple visible features of a response: its length, its words, its form, its end. Reads no meaning.

The five attributes are those of HelpSteer2 (arXiv 2406.08673), each about 0 to 4; the one number is the weighted
sum that the card of Nemotron-4-340B-Reward recommends. Scores are multiples of 1/128, as half-precision ones are.
"""

from __future__ import annotations

from hashlib import sha256
from math import log

from sdg.rehearsal.grammar import phrases

WEIGHTS = {"helpfulness": 0.30, "correctness": 0.74, "coherence": 0.46, "complexity": 0.47, "verbosity": -0.33}
_REFUSALS = ("i'm sorry", "i am sorry", "sorry", "i apologize", "i cannot", "i can't", "as an ai")
_ENDS = (".", "!", "?", "`", ")", '"', "]", "$", "|", "*", "…", "。", "！", "？", ":")


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def score(prompt: str, response: str) -> dict[str, float]:
    """The five attributes of a response to a prompt. The same texts get the same scores in every process."""
    text = response.strip()
    words = text.lower().split()
    count = len(words)
    noise = [byte / 255 - 0.5 for byte in sha256(f"{prompt}\0{response}".encode()).digest()[:10]]
    length = _within(log((count + 1) / 12) / log(400 / 12), 0.0, 1.0)  # 0: a line; 1: a long page
    asked = {word for phrase in phrases(prompt[:2000]) for word in phrase.lower().strip("`").split()}
    said = set(words)
    overlap = len(asked & said) / max(len(asked), 1)
    repeated = 1 - len(said) / count if count else 1.0
    repeated = _within((repeated - 0.2 - 0.25 * length) * 2, 0.0, 1.0)
    form = _within(0.12 * text.count("\n\n") + 0.1 * text.count("\n- ") + 0.3 * text.count("```"), 0.0, 1.0)
    cut = bool(text) and not text.endswith(_ENDS)
    refuses = text[:40].lower().startswith(_REFUSALS)
    helpful = 1.8 + 1.25 * length + 0.9 * overlap + 0.25 * form - 1.2 * repeated - 1.1 * cut
    helpful = min(helpful, 3.7) + 1.1 * noise[0] + noise[1]
    if refuses or not text:
        helpful = 0.5 + noise[0]
    correct = 1.3 * helpful - 2.25 + 2.6 * noise[2] + 1.8 * noise[3]
    found = {
        "helpfulness": helpful,
        "correctness": correct,
        "coherence": 3.0 - 1.5 * repeated - 0.8 * cut + 0.3 * helpful / 4 + 0.8 * noise[4],
        "complexity": 0.5 + 1.0 * length + 0.5 * form + 1.4 * noise[5],
        "verbosity": 0.3 + 2.0 * length + 0.6 * noise[6],
    }
    return {name: round(_within(value, -0.25, 4.1) * 128) / 128 for name, value in found.items()}


def reward(scores: dict[str, float]) -> float:
    """The weighted sum, about -1.3 to 7.9."""
    return sum(WEIGHTS[name] * value for name, value in scores.items())
