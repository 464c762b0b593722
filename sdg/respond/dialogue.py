"""Dialogues: answer, simulated user, answer, ... until there are so many answers, or one can't go on.

A dialogue that can't go on keeps what it has and the reason. What the user says is made in core/user, and which lines
there are is the stage's business. Judges no answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sdg.core.endpoint import Choice, Endpoint
from sdg.core.errors import RecordFailed
from sdg.core.run import Run
from sdg.core.together import together
from sdg.core.user import Ended, SimulatedUser, Spoken, load_personas, persona_for
from sdg.record import STUMP, Usage, content_id
from sdg.respond.written import written

_NO_ROOM = ("context too long", "cut off in reasoning")
"""Failures of a later answer that end a dialogue, as a cut answer does; any other fails the record."""


@dataclass
class Dialogue:
    """One dialogue on its way.

    prompt: what the model is sent before `messages`. number: which response of the line it is, from 0. sample: the
    number of its answers among those to the same messages. ended: why it stopped early, "" if it did not.
    """

    prompt: list[dict[str, Any]]
    endpoint: Endpoint
    user: SimulatedUser
    persona: str
    number: int
    sample: int
    sampling: dict[str, Any]
    messages: list[dict[str, Any]] = field(default_factory=list)
    last: Choice | None = None
    ended: str = ""
    usage: Usage = field(default_factory=Usage)

    def begin(self, first: Choice, share: int, place: int) -> None:
        """Take the first answer, whose call brought `share` of them, of which this is number `place`.

        Of that call's tokens each takes its part, such that the parts add up to the whole.
        """
        self.usage.prompt_tokens += (first.prompt_tokens + place % share) // share
        self.usage.completion_tokens += (first.completion_tokens + place % share) // share
        self._answered(first)

    async def go_on(self, turns: int) -> None:
        """To `turns` answers in all, or a reason. RecordFailed: what was paid for is still there, with a reason."""
        for turn in range(2, turns + 1):
            if self.last and self.last.truncated:
                self.ended = f"answer {turn - 1}: cut off"
            if self.ended or not await self._ask_user(turn) or not await self._answer(turn):
                return

    async def _ask_user(self, turn: int) -> bool:
        try:
            spoken = await self.user.spoken([*self.prompt, *self.messages], self.persona, self.number)
        except Ended as ended:
            self._spent(ended)
            self.ended = f"user turn {turn}: {ended.reason}"
            return False
        except RecordFailed as failed:
            self.ended = f"{STUMP}user turn {turn}: {failed.cause}"
            raise
        self._spent(spoken)
        self.messages.append({"role": "user", "content": spoken.text})
        return True

    async def _answer(self, turn: int) -> bool:
        talk = [*self.prompt, *self.messages]
        try:
            [choice] = await self.endpoint.chat(talk, first_sample=self.sample, **self.sampling)
        except RecordFailed as failed:
            self.messages.pop()  # a response ends with an answer
            if failed.cause in _NO_ROOM:
                self.ended = f"answer {turn}: {failed.cause}"
                return False
            self.ended = f"{STUMP}answer {turn}: {failed.cause}"
            raise
        self._spent(choice)
        self._answered(choice)
        return True

    def _answered(self, choice: Choice) -> None:
        self.messages.append({"role": "assistant", "content": choice.text})
        self.last = choice

    def _spent(self, call: Choice | Spoken | Ended) -> None:
        self.usage.prompt_tokens += call.prompt_tokens
        self.usage.completion_tokens += call.completion_tokens

    def response(self, system: str) -> dict[str, Any]:
        """As the line has it. Reasoning and finish are the last answer's: no model is shown earlier reasoning again."""
        assert self.last
        user = self.user.endpoint
        return written(
            self.last,
            self.endpoint,
            system,
            messages=self.messages,
            persona=self.persona,
            user_model=user.model,
            ended=self.ended,
            usage=self.usage.model_dump(),
            rehearsal=self.endpoint.rehearsal or user.rehearsal,
        )


class Dialogues:
    """What the dialogues of a run share: their length, the personas, who plays the user. Made by `Dialogues.open`."""

    def __init__(self, turns: int, personas: list[str], users: dict[Endpoint, SimulatedUser], sampling: dict[str, Any]):
        self._turns, self._personas, self._users = turns, personas, users
        # Greedy answers, as in the report; the user is sampled as its model's table says.
        self._sampling = sampling | ({"temperature": 0.0} if sampling["temperature"] is None else {})
        self._greedy = self._sampling["temperature"] == 0

    @classmethod
    async def open(
        cls,
        run: Run,
        endpoints: list[Endpoint],
        turns: int,
        personas: str | None,
        user_model: str,
        sampling: dict[str, Any],
    ) -> Dialogues:
        """Get ready. user_model: "" for the one that answers. sampling: of the answers; None: the configuration's."""
        listed = load_personas(personas)
        player = run.endpoint(user_model) if user_model else None
        if player:
            await player.find_model()
        users = {endpoint: SimulatedUser(player or endpoint, run.templates) for endpoint in endpoints}
        return cls(turns, listed, users, sampling)

    @property
    def settings(self) -> dict[str, Any]:
        """What decides the dialogues, for the settings of an output file."""
        answering = {key: value for key, value in self._sampling.items() if value is not None}
        first = next(iter(self._users.values()))
        return {
            "models": [endpoint.settings | answering for endpoint in self._users],
            "turns": self._turns,
            "personas": content_id(self._personas),
            "user_models": [user.endpoint.settings for user in self._users.values()],
            "templates": first.hashes,
        }

    async def of(
        self, record_id: str, prompt: list[dict[str, Any]], endpoint: Endpoint, count: int, had: int, number: int
    ) -> tuple[list[Dialogue], list[object]]:
        """(`count` dialogues with one model, what went wrong). One that has not even one answer is not among them.

        had: samples of the model that the line has already; number: of the first dialogue among the line's responses.
        """
        first_sample, asked = (0, 1) if self._greedy else (had, count)
        failure: RecordFailed | None = None
        try:
            choices = await endpoint.chat(prompt, n=asked, first_sample=first_sample, **self._sampling)
        except RecordFailed as failed:
            choices, failure = failed.choices, failed
        begun = []
        for place, first in enumerate(choices * count if self._greedy else choices):
            sample = 0 if self._greedy else had + place
            persona = persona_for(self._personas, record_id, number + place)
            dialogue = Dialogue(
                prompt, endpoint, self._users[endpoint], persona, number + place, sample, self._sampling
            )
            share = (count, place) if self._greedy else (first.shared_by, sample)
            dialogue.begin(first, *share)
            begun.append(dialogue)
        if failure:
            for dialogue in begun:
                dialogue.ended = f"{STUMP}not gone on with"
            return begun, [failure]
        results = await together([one.go_on(self._turns) for one in begun])
        return begun, list(results)
