"""two-turn: a prompt of user, assistant, user. The first turn is given, the answer and the follow-up are made.

Of a seed prompt the first user turn is taken, with the system prompt before it; later turns are left out, because the
answers in real chats come from models of all kinds. The answer is greedy unless a temperature is given, the follow-up
is the simulated user's. Wording is in prompts/user/; responses to the new prompt are `sdg respond`'s business.

Of a seed's constraints those with `turns` "all" are carried over: they hold for the answers to come as well. Those with
"first" were about the first answer, which is now part of the prompt, and rightly end with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sdg.core.constraints import dump, parse
from sdg.core.endpoint import Endpoint
from sdg.core.errors import BadLine
from sdg.core.jsonl import Line
from sdg.core.user import Ended, SimulatedUser, load_personas, persona_for
from sdg.prompts.from_task import FromTask, made_from
from sdg.prompts.task import Thrown
from sdg.record import content_id

if TYPE_CHECKING:
    from sdg.core.run import Run
    from sdg.prompts.from_prompts import PromptsFrom


class TwoTurn(FromTask):
    """The task; see the module's docstring."""

    name: ClassVar[str] = "two-turn"
    uses: ClassVar[frozenset[str]] = frozenset({"personas", "user_model"})

    _endpoint: Endpoint
    _user: SimulatedUser
    _personas: list[str]
    _sampling: dict[str, Any]

    async def open(self, stage: PromptsFrom, run: Run) -> None:
        self._personas = load_personas(stage.personas)
        # One model may answer and play the user, each with its own sampling: the options go with the call.
        self._sampling = {**stage.sampling, "temperature": 0.0 if stage.temperature is None else stage.temperature}
        self._endpoint = run.endpoint(stage.model)
        self._user = SimulatedUser(run.endpoint(stage.user_model or stage.model), run.templates)
        await self._endpoint.find_model()
        await self._user.endpoint.find_model()

    def settings(self) -> dict[str, Any]:
        answering = {key: value for key, value in self._sampling.items() if value is not None}
        return {
            "model": self._endpoint.settings | answering,
            "user_model": self._user.endpoint.settings,
            "personas": content_id(self._personas),
            "templates": self._user.hashes,
        }

    async def make(self, line: Line) -> dict[str, Any] | Thrown:
        """The new record. Thrown: no user turn comes first, the answer was cut off, or the user has nothing usable."""
        messages = first_turn(line)
        if not messages:
            return Thrown("no user turn first", "the prompt does not begin with a user's turn")
        constraints = standing(line)
        [choice] = await self._endpoint.chat(messages, **self._sampling)
        if choice.truncated:
            return Thrown("cut off", "the answer to the first turn was cut off at max_tokens", choice.text)
        messages.append({"role": "assistant", "content": choice.text})
        persona = persona_for(self._personas, line.id, 0)
        try:
            text = await self._user.turn(messages, persona)
        except Ended as ended:
            return Thrown("no second turn", f"the simulated user said nothing usable: {ended.reason}", choice.text)
        messages.append({"role": "user", "content": text})
        source: dict[str, Any] = {"form": self.name, "persona": persona}
        player = self._user.endpoint
        if player.model != self._endpoint.model:
            source["model"] = f"{self._endpoint.model}+{player.model}"
        if player.rehearsal:
            source["rehearsal"] = True
        return made_from(
            line,
            self.name,
            messages,
            templates=[self._user.template],
            endpoint=self._endpoint,
            constraints=constraints,
            **source,
        )


def first_turn(line: Line) -> list[dict[str, Any]]:
    """The first user message of a prompt, after what the system says; [] if something else comes before it."""
    taken: list[dict[str, Any]] = []
    for message in line.record.prompt:
        taken.append({"role": message.role, "content": message.content})
        if message.role == "user":
            return taken
        if message.role not in ("system", "developer"):
            break
    return []


def standing(line: Line) -> str:
    """The constraints of a prompt that its first user turn sets for all answers, as JSON text; "" if there are none.

    Of a prompt with later user turns they were set in the last, which is left out, unless this task made the prompt.
    BadLine: the field can't be read.
    """
    try:
        given = parse(line.data.get("constraints"))
    except ValueError as error:
        raise BadLine("unreadable constraint", f'record {line.id}: field "constraints": {error}') from None
    source = line.data.get("source")
    ours = isinstance(source, dict) and source.get("form") == TwoTurn.name
    later = sum(message.role == "user" for message in line.record.prompt) > 1
    if later and not ours:
        return ""
    return dump(one for one in given if one.turns == "all")


FROM_TASK = TwoTurn
