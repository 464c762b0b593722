"""Drawing the form and the instructions of one prompt: the same for the same seed and id, whoever asks.

Which kinds suit a prompt is here, what a prompt leaves no choice in is in settled.py; the arguments are drawn in
arguments.py, what goes together is in conflicts.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sdg.core.errors import UsageError, nearest
from sdg.core.words import count_words
from sdg.prompts.constraints import drawn as kinds
from sdg.prompts.constraints.arguments import ARGUMENTS, Material
from sdg.prompts.constraints.conflicts import go_together
from sdg.prompts.constraints.drawn import KINDS, Drawn
from sdg.prompts.constraints.phrasing import languages
from sdg.prompts.constraints.traits import MEDIUM, Traits
from sdg.prompts.draws import chance_of

SINGLE, ALL_TURNS, REVISION = "single", "all-turns", "revision"
FORMS = (SINGLE, ALL_TURNS, REVISION)
MOST = 3
"""Instructions of one prompt."""
LONGEST_REPEATED = 60
"""Words of a prompt that an answer may be asked to repeat."""
_TRIES = 6

Table = dict[str, list[str]]

_CASES = {kinds.CAPITALS, kinds.LOWERCASE}
_WITH_CODE = {kinds.TITLE, kinds.POSTSCRIPT, kinds.END, kinds.KEYWORDS, kinds.SECTIONS, kinds.TWO, kinds.REPEAT}
_NOT_WITH_MATHS = {
    kinds.LETTER, kinds.FREQUENCY, kinds.FORBIDDEN, kinds.CAPITALS, kinds.LOWERCASE, kinds.CAPITAL_WORDS, kinds.JSON,
    kinds.PLACEHOLDERS, kinds.HIGHLIGHTS, kinds.TWO,
}  # fmt: skip
_ONCE = {kinds.REPEAT, kinds.VERDICT, kinds.KEYWORDS, kinds.FREQUENCY, kinds.FIRST_WORD, kinds.PLACEHOLDERS, kinds.TWO}
"""Kinds that hang on the one question, and mean nothing for every later answer."""


class Drawer:
    """Draws with the user's tables. UsageError: a weight or a name in them can't be read."""

    def __init__(self, draws: Table, material: Material) -> None:
        self._forms = _weights(draws, "form", FORMS)
        self._counts = _weights(draws, "count", [str(count) for count in range(1, MOST + 1)])
        self._kinds = _weights(draws, "kind", KINDS)
        self._material = material
        self.languages = tuple(languages(material).values())
        """Names of the languages to answer in."""

    def form(self, *key: str) -> str:
        """One of FORMS."""
        return _weighted(self._forms, *key, "form")

    def draw(self, traits: Traits, form: str, *key: str) -> list[Drawn]:
        """One to three instructions that suit the prompt and go together; none if no kind suits it."""
        if form == ALL_TURNS:  # later answers may well be shorter
            traits = replace(traits, size=min(traits.size, MEDIUM))
        wanted = int(_weighted(self._counts, *key, "count"))
        left = {kind: weight for kind, weight in self._kinds.items() if weight and suits(kind, traits, form)}
        found: list[Drawn] = []
        while left and len(found) < wanted:
            kind = _weighted(left, *key, "kind", str(len(left)))
            del left[kind]
            if one := self._one(kind, traits, found, *key):
                found.append(one)
        return found

    def _one(self, kind: str, traits: Traits, found: list[Drawn], *key: str) -> Drawn | None:
        """This kind with arguments that go with those found; None if a few draws bring none."""
        for attempt in range(_TRIES):
            arguments = ARGUMENTS[kind](traits, self._material, chance_of(*key, kind, str(attempt)))
            if arguments is None:
                return None
            one = Drawn(kind, arguments)
            if go_together([*found, one]):
                return one
        return None


def suits(kind: str, traits: Traits, form: str) -> bool:
    """Whether a kind makes sense for a prompt in this form."""
    return not (
        traits.terse
        or (form == ALL_TURNS and kind in _ONCE)
        or (traits.code and kind not in _WITH_CODE)
        or (traits.maths and kind in _NOT_WITH_MATHS)
        or kind in traits.settled
        or (not traits.english and kind in _CASES | {kinds.LANGUAGE, kinds.VERDICT})
        or (kind == kinds.VERDICT and not traits.yes_no)
        or (kind == kinds.PLACEHOLDERS and not traits.filled_in)
        or (kind == kinds.JSON and traits.writes)
        or (kind == kinds.TWO and not (traits.writes or traits.open))
        or (kind == kinds.REPEAT and (form == REVISION or not _can_be_repeated(traits.text)))
    )


def _can_be_repeated(text: str) -> bool:
    return "\n" not in text.strip() and count_words(text) <= LONGEST_REPEATED


def _weights(table: Mapping[str, list[str]], name: str, known: tuple[str, ...] | list[str]) -> dict[str, float]:
    """A list of "name: weight" as {name: weight}; a name that is not there has none."""
    at = f"instruction-following/draws.toml: {name!r}"
    found: dict[str, float] = {}
    for entry in table[name]:
        key, colon, text = entry.rpartition(":")
        key = key.strip()
        if not colon or not text.strip().replace(".", "", 1).isdigit():
            raise UsageError(f'{at}: {entry!r} is no weight: write "NAME: 3", or 0 for never')
        if key not in known:
            raise UsageError(f"{at}: unknown {name} {key!r}{nearest(key, known)}; known: {', '.join(known)}")
        if key in found:
            raise UsageError(f"{at}: {key!r} stands there twice")
        found[key] = float(text)
    if not any(found.values()):
        raise UsageError(f"{at}: no weight is above 0, so nothing can be drawn")
    return found


def _weighted(weights: Mapping[str, float], *key: str) -> str:
    """One of the names, each with a chance in proportion to its weight."""
    place = chance_of(*key).random() * sum(weights.values())
    for name, weight in weights.items():
        place -= weight
        if place < 0:
            return name
    return next(name for name in reversed(list(weights)) if weights[name])
