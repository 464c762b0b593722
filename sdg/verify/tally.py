"""Counts what was verified, for the last sentence on stderr. Judges nothing."""

from __future__ import annotations

from collections import Counter

from sdg.verify.verifier import Found


class Tally:
    """Right responses and right checks of each kind, strictly and loosely read."""

    def __init__(self) -> None:
        self._responses: Counter[str] = Counter()
        self._kinds: dict[str, Counter[str]] = {}

    def add(self, found: Found | None) -> None:
        """Count one response; None: there was nothing to verify."""
        if found is None:
            self._responses["unasked"] += 1
            return
        _count(self._responses, found.outcome == "right", found.loosely == "right")
        for part in found.parts:
            _count(self._kinds.setdefault(part["kind"], Counter()), part["strict"], part["loose"])

    def words(self) -> str:
        """`right 8 of 10 responses (loosely 9): punctuation:no_comma 4 of 5, ...`; "" if none was looked at."""
        counts = self._responses
        unasked = f"{counts['unasked']:,} responses had nothing to verify" if counts["unasked"] else ""
        if not counts["all"]:
            return unasked
        kinds = ", ".join(f"{kind} {_share(self._kinds[kind])}" for kind in sorted(self._kinds))
        told = f"right {_share(counts, ' responses')}" + (f": {kinds}" if kinds else "")
        return f"{told}; {unasked}" if unasked else told


def _count(counts: Counter[str], strict: bool, loose: bool) -> None:
    counts["all"] += 1
    counts["strict"] += strict
    counts["loose"] += loose


def _share(counts: Counter[str], what: str = "") -> str:
    loose = f" (loosely {counts['loose']:,})" if counts["loose"] != counts["strict"] else ""
    return f"{counts['strict']:,} of {counts['all']:,}{what}{loose}"
