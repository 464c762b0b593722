"""Near copies of texts: which earlier texts does this one nearly equal? Remembers no text, and decides nothing.

Two texts are near if the Jaccard similarity of their character n-grams is at least 0.8, which `similarity` computes
from the texts: one word changed in a prompt of twenty is near, another question of the same form is not. Characters,
because Chinese or Thai have no spaces between words; 5-grams, and 3-grams for short texts, where one typing error
would otherwise spoil a third of them. Compared is the normal form of sdg/core/normal.py.

`Near` estimates that similarity from 256 slots of a MinHash signature (package rensa) and finds candidates by bands of
them (locality-sensitive hashing), so it can err close to 0.8. Measured by tests/test_near.py on 6,000 edited prompts:
it finds all pairs of 0.85 and above and 82 % of those from 0.80 to 0.85; it takes 15 % of those from 0.75 to 0.80 for
near, and none below. The estimate is the same both ways round. Memory: 420 bytes for each text that was added, whatever
its length (twice that from 97 to 150 characters): half a gigabyte for a million prompts. Speed: benchmarks/near.py.
"""

from __future__ import annotations

import sys
from array import array
from itertools import count

from sdg.core.normal import normalised

THRESHOLD = 0.8
"""Jaccard similarity from which on two texts are near."""

_SLOTS = 256
_BANDS = 20
_ROWS = 7
"""A text is a candidate if all 7 slots of one of the 20 bands agree: with 99.1 % at a similarity of 0.8 (1-(1-s^7)^20),
99.98 % at 0.9, and 0.4 % at 0.3."""
_NEEDED = next(n for n in count() if (n / _SLOTS - 1 / 256) / (1 - 1 / 256) >= THRESHOLD)
"""Slots that have to agree. Of each only the lowest byte is kept, so that one in 256 of the others agrees by chance."""
_MOST = 100
"""Texts of one bucket that are looked at, the latest first: a hundred thousand prompts that begin with the same page
would otherwise each be compared with all before."""
_SEED = 1
_START = 1 << 12
_SHORT, _MIDDLE, _LONG = 3, (96, 150), 5


def sizes(length: int) -> tuple[int, ...]:
    """The n of the n-grams for a normalised text of that many characters.

    Between 96 and 150 both: of two near texts, neither then has only the one size and the other only the other.
    """
    if length <= _MIDDLE[0]:
        return (_SHORT,)
    return (_LONG,) if length > _MIDDLE[1] else (_SHORT, _LONG)


def grams(text: str, n: int) -> list[str]:
    """The n-grams of a text, in order; a text that is shorter is its own only one, so that it is compared exactly."""
    return [text[place : place + n] for place in range(len(text) - n + 1)] or [text]


def similarity(one: str, other: str) -> float:
    """The true Jaccard similarity of two texts, from 0 to 1; where two sizes of n-grams apply to both, the larger."""
    one, other = normalised(one), normalised(other)
    found = 0.0
    for n in set(sizes(len(one))) & set(sizes(len(other))):
        these, those = set(grams(one, n)), set(grams(other, n))
        found = max(found, len(these & those) / len(these | those))
    return found


class Near:
    """An index of texts, each with a value (a number from 0 to 2^32 - 1) of which only `near` tells.

    Texts are kept as signatures of 256 bytes in one array. Each of the 20 bands of a signature is in a bucket of one
    hash table with chains: `_heads` has the latest node of each bucket, `_next` for each node the one before it. Node 0
    is the end of a chain; node number 20 * entry + band + 1 is the band of an entry. The table grows by linear hashing
    (Litwin 1980), one bucket with each node, so that a table of a million texts is never rebuilt all at once.
    """

    def __init__(self) -> None:
        self._signatures = bytearray()
        self._values = array("I")
        self._heads = array("I", bytes(4 * _START))
        self._power = _START
        self._next = array("I", bytes(4))
        self._last: tuple[str, list[bytes]] = ("", [])

    def __len__(self) -> int:
        return len(self._values)

    def add(self, text: str, value: int) -> None:
        """Remember `text` under `value`."""
        for signature in self._signatures_of(text):
            entry = len(self._values)
            self._signatures += signature
            self._values.append(value)
            self._next.extend(bytes(_BANDS))
            for node in range(entry * _BANDS + 1, (entry + 1) * _BANDS + 1):
                bucket = self._bucket_of(node)
                self._next[node] = self._heads[bucket]
                self._heads[bucket] = node
            while len(self._heads) < len(self._next):
                self._grow()

    def near(self, text: str) -> set[int]:
        """The values of the texts that are near to this one, equal ones among them."""
        found: set[int] = set()
        for signature in self._signatures_of(text):
            own = int.from_bytes(signature, "little")
            for entry in self._candidates(signature):
                there = int.from_bytes(self._signature(entry), "little")
                if (own ^ there).to_bytes(_SLOTS, "little").count(0) >= _NEEDED:
                    found.add(self._values[entry])
        return found

    def _signature(self, entry: int) -> bytearray:
        return self._signatures[entry * _SLOTS : (entry + 1) * _SLOTS]

    def _signatures_of(self, text: str) -> list[bytes]:
        """One for each size of n-grams. Those of the last text are kept, as who asks for it often adds it next."""
        if self._last[0] != text or not self._last[1]:
            plain = normalised(text)
            self._last = (text, [_signature(grams(plain, n)) for n in sizes(len(plain))])
        return self._last[1]

    def _candidates(self, signature: bytes) -> set[int]:
        found: set[int] = set()
        for band in range(_BANDS):
            key = signature[band * _ROWS : (band + 1) * _ROWS]
            node, looked_at = self._heads[self._bucket(key, band)], 0
            while node and looked_at < _MOST:
                entry = (node - 1) // _BANDS
                start = entry * _SLOTS + band * _ROWS
                if entry not in found and self._signatures[start : start + _ROWS] == key:
                    found.add(entry)
                node, looked_at = self._next[node], looked_at + 1
        return found

    def _bucket_of(self, node: int) -> int:
        entry, band = divmod(node - 1, _BANDS)
        start = entry * _SLOTS + band * _ROWS
        return self._bucket(self._signatures[start : start + _ROWS], band)

    def _bucket(self, key: bytes | bytearray, band: int) -> int:
        # Not Python's own hash, which differs from run to run: what is looked at in a full bucket must not.
        mixed = (int.from_bytes(key, "little") * 32 + band) * 0x9E3779B97F4A7C15 >> 32
        bucket = mixed & (2 * self._power - 1)
        return bucket if bucket < len(self._heads) else bucket - self._power

    def _grow(self) -> None:
        """One more bucket, at the end: it takes its nodes from the one that had them so far, both keep their order."""
        new = len(self._heads)
        old = new - self._power
        node, self._heads[old] = self._heads[old], 0
        self._heads.append(0)
        last = {old: 0, new: 0}
        while node:
            bucket, after = self._bucket_of(node), self._next[node]
            if last[bucket]:
                self._next[last[bucket]] = node
            else:
                self._heads[bucket] = node
            last[bucket], self._next[node], node = node, 0, after
        if len(self._heads) == 2 * self._power:
            self._power *= 2


def _signature(tokens: list[str]) -> bytes:
    from rensa import RMinHash

    sketch = RMinHash(num_perm=_SLOTS, seed=_SEED)
    sketch.update(tokens)
    return array("I", sketch.digest()).tobytes()[0 if sys.byteorder == "little" else 3 :: 4]
