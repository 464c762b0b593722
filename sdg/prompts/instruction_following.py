"""instruction-following: a prompt and one to three instructions that a program can check (IFEval, arXiv 2311.07911).

In three forms, drawn by seed and id: both in one message; the same, said to hold for all later answers too; or the
prompt, the model's answer to it, and the request to rework that answer. The instructions stand on the record in
`constraints`. What is drawn and how it is said is decided in constraints/ and in prompts/instruction-following/.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sdg.core.constraints import LANGUAGES, parse
from sdg.core.errors import BadLine, UsageError
from sdg.core.jsonl import Line
from sdg.core.languages import code_of
from sdg.core.refusals import refusal_in
from sdg.prompts.constraints.draw import ALL_TURNS, REVISION, Drawer
from sdg.prompts.constraints.drawn import dumped
from sdg.prompts.constraints.languages import is_english, mostly_latin, told_language
from sdg.prompts.constraints.phrasing import Phrasing
from sdg.prompts.constraints.traits import asked_in, traits_of
from sdg.prompts.from_task import FromTask, made_from
from sdg.prompts.task import Thrown
from sdg.record import content_id

if TYPE_CHECKING:
    from sdg.core.endpoint import Endpoint
    from sdg.core.run import Run
    from sdg.core.template import Templates
    from sdg.prompts.from_prompts import PromptsFrom

FOLDER = "instruction-following"
_ATTEMPTS = 4
"""Draws for a revision whose answer obeys already."""
_UNKNOWN = ("", "unknown", "und", "none", "other")
"""What data sets write where they do not know a language."""
_WORDED = ("phrases", "layouts", "words")
"""The tables with English in them."""


@dataclass(frozen=True)
class _Table:
    name: str
    hash: str


class InstructionFollowing(FromTask):
    """The task; see the module's docstring."""

    name: ClassVar[str] = "instruction-following"

    async def open(self, stage: PromptsFrom, run: Run) -> None:
        self._key = (str(stage.seed), self.name)
        self._language = stage.language
        _refuse_untranslated(stage.language, run.templates)
        tables = {name: run.templates.table(f"{FOLDER}/{name}") for name in ("draws", *_WORDED)}
        self._tables = {name: _Table(f"{FOLDER}/{name}", content_id(table)[:12]) for name, table in tables.items()}
        self._drawer = Drawer(tables["draws"], tables["words"])
        self._phrasing = Phrasing(tables["phrases"], tables["layouts"], tables["words"])
        sampling = stage.sampling
        greedy = 0.0 if stage.temperature is None else stage.temperature
        self._endpoint: Endpoint = run.endpoint(stage.model, **{**sampling, "temperature": greedy})
        await self._endpoint.find_model()

    def settings(self) -> dict[str, Any]:
        tables = {table.name: table.hash for table in self._tables.values()}
        return {"model": self._endpoint.settings, "templates": tables}

    async def make(self, line: Line) -> dict[str, Any] | Thrown:
        messages = [{"role": message.role, "content": message.content} for message in line.record.prompt]
        text = messages[-1]["content"].strip()
        source = line.data["source"] if isinstance(line.data.get("source"), dict) else {}
        language = _known_language(source) or self._told_language(text, source)
        if unfit := self._unfit(line, text, language):
            return unfit
        form = self._drawer.form(*self._key, line.id)
        answer = ""
        system = "\n".join(message["content"] for message in messages if message["role"] in ("system", "developer"))
        traits = traits_of(text, source, is_english(self._language), self._drawer.languages, system)
        if not self._drawer.draw(traits, form, *self._key, line.id):
            return Thrown("nothing suits", f"no instruction goes with a prompt such as {text[:80]!r}")
        if form == REVISION:
            answered = await self._answer(messages)
            if isinstance(answered, Thrown):
                return answered
            answer = answered
        for attempt in range(_ATTEMPTS):
            key = (*self._key, line.id, *([str(attempt)] if attempt else []))
            drawn = self._drawer.draw(traits, form, *key)
            given = dumped(drawn, "all" if form == ALL_TURNS else "first")
            if drawn and not (answer and obeys(answer, given)):
                break
        else:
            return Thrown("obeys already", "the answer to be revised obeys whatever instructions were drawn")
        said = self._phrasing.message(form, text, drawn, *key)
        before = [*messages, {"role": "assistant", "content": answer}] if answer else messages[:-1]
        return made_from(
            line,
            self.name,
            [*before, {"role": "user", "content": said}],
            templates=[self._tables["phrases"], self._tables["layouts"]],
            endpoint=self._endpoint if answer else None,
            constraints=given,
            form=form,
            language=language,
        )

    def _unfit(self, line: Line, text: str, language: str) -> Thrown | None:
        """Why no instruction can be put to this prompt."""
        role = line.record.prompt[-1].role
        if role != "user":
            raise BadLine("no user turn last", f'record {line.id}: field "prompt" ends with the {role}\'s turn')
        if line.data.get("constraints"):
            return Thrown("has constraints", "the prompt has constraints already, which further ones may contradict")
        if not text:
            return Thrown("empty prompt", "the prompt's last turn is empty")
        if language and code_of(language) != code_of(self._language):
            return Thrown("other language", f"the prompt is in {language}, the instructions are in {self._language}")
        if is_english(self._language) and not mostly_latin(text):
            return Thrown("other language", f"the prompt is not in Latin letters: {text[:60]!r}")
        return None

    def _told_language(self, text: str, source: dict[str, Any]) -> str:
        """The name of the language that a prompt clearly is in; "" where that can't be told."""
        wanted = code_of(self._language)
        if wanted not in LANGUAGES:  # the detector would take it for one of its neighbours
            return ""
        told = told_language(asked_in(text, source), wanted)
        return self._language if told == wanted else LANGUAGES.get(told, told)

    async def _answer(self, messages: list[dict[str, Any]]) -> str | Thrown:
        """What the model answers to the first prompt; a text that is no answer would make the revision senseless."""
        [choice] = await self._endpoint.chat(messages)
        if choice.truncated:
            return Thrown("cut off", "the answer to be revised was cut off at max_tokens")
        if not choice.text.strip():
            return Thrown("empty answer", "the answer to be revised is empty")
        if said := refusal_in(choice.text):
            return Thrown("refusal", f"the answer to be revised refuses: {said[:80]!r}")
        return choice.text


def _known_language(source: dict[str, Any]) -> str:
    """The prompt's language, where the record names one."""
    language = source.get("language")
    return language if isinstance(language, str) and language.casefold() not in _UNKNOWN else ""


def obeys(answer: str, constraints: str) -> bool:
    """Whether an answer obeys all of the constraints, read strictly."""
    return all(given.constraint.holds(answer) for given in parse(constraints))


def _refuse_untranslated(language: str, templates: Templates) -> None:
    """UsageError if the words of the instructions are English and the prompts are to be in another language."""
    if is_english(language):
        return
    ours = [f"{FOLDER}/{name}.toml" for name in _WORDED if not templates.is_own(f"{FOLDER}/{name}")]
    if ours:
        raise UsageError(
            f"--language {language}: the instructions are worded in English. Translate {', '.join(ours)} into a folder "
            "of yours and give it with --prompts DIR"
        )


FROM_TASK = InstructionFollowing
