"""Finding out how a reward endpoint talks, and whether its numbers are rewards: three conversations are asked.

The same check is made where the format is set in the config. Nothing is scored here that goes into a
file, and nothing is remembered here: the caller does that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from sdg.core.endpoint import Unreadable
from sdg.core.errors import RecordFailed, Stop, UsageError, nearest
from sdg.core.reply import UNREADABLE
from sdg.core.rewards import classify, nim, pooling, text
from sdg.core.rewards.reply import shown
from sdg.core.rewards.scores import DEFAULT_WEIGHTS, Ask, Scores

if TYPE_CHECKING:
    from sdg.core.endpoint import Endpoint


class Format(Protocol):
    """What every file of a wire format offers."""

    def request(self, model: str, messages: list[dict[str, Any]]) -> Ask:
        """The request that scores the last message."""

    def read(self, reply: Any) -> Scores:
        """The scores in the parsed reply; Unreadable where there are none."""


FORMATS: dict[str, Format] = {"nim": nim, "text": text, "classify": classify, "pooling": pooling}
"""In the order they are tried: the first two read the same reply."""

_QUESTION = "Why does bread dough have to rest before it goes into the oven?"
_GOOD = (
    "While the dough rests, yeast turns sugar into carbon dioxide, and the gluten holds the gas, so the loaf becomes "
    "light. The flour also takes up the water and the gluten relaxes, which makes the dough easier to shape. One to "
    "two hours in a warm kitchen is usual; a night in the fridge gives more flavour."
)
_POOR = "Because that is how it is done."
_NONSENSE = "Purple seven of the carburettor, under under 4 4 4 banana; quickly the the."

CONVERSATIONS: list[list[dict[str, Any]]] = [
    [{"role": "user", "content": _QUESTION}, {"role": "assistant", "content": answer}]
    for answer in (_GOOD, _POOR, _NONSENSE)
]

SUM_ROUNDING = 0.01
"""How far from 1 the labels of a softmax may sum up: half precision is that coarse."""

SUSPICIONS = {
    "softmax": "the labels of each answer sum to 1, as after a softmax, which is not a reward.",
    "constant": "the very same, so the server does not look at the answer.",
    "sigmoid": "all between 0 and 1, as after a sigmoid, which is not the reward itself.",
}

ATTEMPTS = 3
"""How often a conversation is asked whose reply is broken or empty, or no scores where there were some before."""

_FINAL = (401, 402, 403, 410, 429)
"""Wrong key, no money, retired: the client waits out a 429 that is not about money."""


@dataclass(slots=True, frozen=True)
class Understood:
    """What was found out. format: a key of FORMATS; attributes: five of them rather than one number."""

    format: str
    attributes: bool
    sentence: str

    def dump(self) -> str:
        """As text that `load` reads again."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def load(cls, dumped: str) -> Understood:
        """What `dump` wrote."""
        return cls(**orjson.loads(dumped))


async def understand(endpoint: Endpoint) -> Understood:
    """Ask the endpoint in its configured format, or in each until one is understood.

    Three requests where the format is known, at most six where it is not, and a few more to a faulty
    server. UsageError, with what to change, where no format fits or the numbers are no rewards; Stop where
    the key is refused, the model retired, or the server had a bad moment.
    """
    said: dict[str, str] = {}
    questions = _Questions(endpoint)
    for name in _candidates(endpoint.format):
        try:
            answers = [await questions.ask(name, index) for index in range(len(CONVERSATIONS))]
        except Unreadable as why:
            said[name] = str(why)
            continue
        if trouble := suspicion(answers):
            raise UsageError(
                f"{_who(endpoint)} can't be used for rewards: a good answer, a poor one and nonsense got "
                f"{_numbers(answers)}: {SUSPICIONS[trouble]} {_advice(name, trouble)}"
            )
        return Understood(name, answers[0].reward is None, _sentence(name, answers))
    told = _told(endpoint, said)
    if questions.passing:
        raise Stop(f"{_who(endpoint)} gave no scores, and may do so later: {told}")
    raise UsageError(f"{_who(endpoint)} gave no scores: {told}. {_hint(endpoint, said)}")


def suspicion(answers: Sequence[Scores]) -> str:
    """A key of SUSPICIONS for numbers of three different conversations that are no rewards; "" if they may be."""
    rows = [answer.numbers() for answer in answers]
    if len(rows[0]) > 1 and all(abs(sum(row) - 1) <= SUM_ROUNDING for row in rows):
        return "softmax"
    if all(row == rows[0] for row in rows):
        return "constant"
    if all(0 <= value <= 1 for row in rows for value in row):
        return "sigmoid"
    return ""


class _Questions:
    """The three conversations, asked at most once on each route."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.passing = False
        self._replies: dict[tuple[str, int], tuple[int, Any]] = {}

    async def ask(self, name: str, index: int) -> Scores:
        """The scores of one conversation in one format, or Unreadable with what the server said instead."""
        format = FORMATS[name]
        ask = format.request(self.endpoint.model, CONVERSATIONS[index])
        for attempt in range(1, ATTEMPTS + 1):
            status, reply = await self._reply(ask, index, anew=attempt > 1)
            if status in _FINAL:
                # No other route will be answered either; the ordinary way in says so in the server's words.
                return await self.endpoint.post(ask.path, ask.body, format.read, root=ask.root)
            if status != 200:
                raise Unreadable(f"status {status} {shown(reply)}" if status else str(reply))
            try:
                return format.read(reply)
            except Unreadable as why:
                # Half a reply, an empty one, or nonsense where this format was understood a moment ago, may be a fault
                # that passes; something else where the first was expected is another format.
                other = isinstance(reply, dict) and index == 0 and why.cause == UNREADABLE
                if attempt == ATTEMPTS or other:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _reply(self, ask: Ask, index: int, anew: bool) -> tuple[int, Any]:
        """(status, reply), or (0, why) where the client gave up: another format of the route need not wait again."""
        key = (ask.path, index)
        if anew or key not in self._replies:
            try:
                self._replies[key] = await self.endpoint.try_post(ask.path, ask.body, root=ask.root)
            except RecordFailed as failed:
                self.passing = True
                self._replies[key] = (0, failed.reason)
        return self._replies[key]


def _candidates(configured: str) -> list[str]:
    if configured == "auto":
        return list(FORMATS)
    if configured not in FORMATS:
        known = ["auto", *FORMATS]
        raise UsageError(
            f"unknown reward format {configured!r}{nearest(configured, known)} (known: {', '.join(known)})"
        )
    return [configured]


def _who(endpoint: Endpoint) -> str:
    return f"reward model {endpoint.model!r} at {endpoint.base_url}"


def _told(endpoint: Endpoint, said: dict[str, str]) -> str:
    """Each route with what it said, and one that said the same in two formats once."""
    parts: dict[tuple[str, str], list[str]] = {}
    for name, why in said.items():
        path = FORMATS[name].request(endpoint.model, []).path
        parts.setdefault((path, why), []).append(name)
    told = []
    for (path, why), names in parts.items():
        read_as = "" if path == f"/{names[0]}" else f" (as {' and '.join(names)})"
        told.append(f"POST {path}{read_as}: {why}")
    return "; ".join(told)


def _numbers(answers: Sequence[Scores]) -> str:
    return " / ".join(", ".join(f"{value:.4g}" for value in answer.numbers()) for answer in answers)


def _advice(name: str, trouble: str) -> str:
    others = ", ".join(f'"{other}"' for other in FORMATS if other != name)
    in_config = f'or set `format = "..."` of this model in the config to another of {others} (now understood: "{name}")'
    if trouble == "constant":
        return f"Make sure that a reward model with a trained head is served, and its chat template, {in_config}."
    if name in ("classify", "pooling"):
        return (
            "Update vLLM (a version that does not know `use_activation: false` ignores it without a word), or serve "
            f"the model with `--pooler-config '{{\"use_activation\": false}}'`, {in_config}."
        )
    return f"Make the server send the model's own numbers, without scaling them, {in_config}."


def _hint(endpoint: Endpoint, said: dict[str, str]) -> str:
    if endpoint.format != "auto":
        return f'The config says `format = "{endpoint.format}"`: try `format = "auto"`.'
    if "the text is not" in said["text"]:
        return (
            "It answers like a chat model: give the config a reward model and its address. If it is one, set its "
            "`format` to the route it is served on: nim, text, classify or pooling."
        )
    return "Check base_url and model: is a reward model served there, and does base_url end in /v1?"


def _sentence(name: str, answers: Sequence[Scores]) -> str:
    good, poor, nonsense = (answer.total(DEFAULT_WEIGHTS) for answer in answers)
    path = FORMATS[name].request("", []).path
    gives = "one reward and no attributes" if answers[0].reward is not None else "the five attributes"
    sentence = (
        f"POST {path} gives {gives} (format {name}); of three test answers a good one got the reward {good:.4g}, "
        f"a poor one {poor:.4g}, nonsense {nonsense:.4g}."
    )
    if nonsense >= good:
        sentence += " Nonsense scores no lower than a good answer: make sure that this is a reward model."
    return sentence
