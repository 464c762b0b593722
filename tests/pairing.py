"""Lines with judged responses, and the stage `pairs` run on them in this process. For tests only."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from sdg.core.budget import Budget
from sdg.core.config import CacheConfig, Config
from sdg.core.funnel import Funnel
from sdg.core.jsonl import Line
from sdg.core.options import RunOptions
from sdg.core.progress import Progress
from sdg.core.run import Run
from sdg.core.stage import Dropped, Kept, Outcome
from sdg.core.stopping import Stopping
from sdg.pairs.stage import Pairs

JSON = dict[str, Any]


def response(text: str, reward: float | None = None, outcome: str | None = None, **more: Any) -> JSON:
    """A response as `sdg respond`, `verify` (outcome) and `score` (reward) leave it."""
    made: JSON = {
        "messages": [{"role": "assistant", "content": text}], "model": "m", "finish_reason": "stop",
        "truncated": False, "reasoning": "", "system": "", "ended": "",
    }  # fmt: skip
    if outcome is not None:
        made["verdict"] = {
            "verifier": "math" if outcome else "", "outcome": outcome, "loose": "", "answer": text if outcome else "",
            "reason": "", "parts": "",
        }  # fmt: skip
    if reward is not None:
        made |= {"scores": {"helpfulness": reward / 2, "verbosity": 1.0}, "reward": reward, "reward_model": "rm"}
    return made | more


def line(id: str, *responses: JSON, **more: Any) -> JSON:
    """A record with these responses."""
    prompt = [{"role": "user", "content": f"Question {id}?"}]
    return {"id": id, "prompt": prompt, "responses": list(responses), **more}


def judged(lines: list[JSON], **options: Any) -> tuple[list[Outcome], str]:
    """The outcome of each line, and the closing words."""
    stage = Pairs(**options)
    funnel, stopping, progress = Funnel("pairs"), Stopping(print), Progress("pairs", True)
    run = Run(RunOptions(), funnel, stopping, progress, _no_models(), None, Budget(funnel, stopping))

    async def all_of_them() -> list[Outcome]:
        await stage.open(run)
        return [await stage.process(Line(json.dumps(one).encode(), n, "test")) for n, one in enumerate(lines, 1)]

    return asyncio.run(all_of_them()), stage.closing_words()[0]


def _no_models() -> Config:
    return Config({}, CacheConfig(), "none")


def pairs(*responses: JSON, **options: Any) -> list[JSON] | str:
    """The pairs of one line of these responses, or the reason why there are none."""
    [outcome], _ = judged([line("p", *responses)], **options)
    return [json.loads(one) for one in outcome.line.splitlines()] if isinstance(outcome, Kept) else reason(outcome)


def reason(outcome: Outcome) -> str:
    """Why a line was dropped."""
    assert isinstance(outcome, Dropped)
    return outcome.reason


def texts(made: list[JSON] | str) -> list[tuple[str, str]] | str:
    """(chosen, rejected) of each pair, by what they say."""
    return made if isinstance(made, str) else [(text(pair["chosen"]), text(pair["rejected"])) for pair in made]


def text(response: JSON) -> str:
    """What a response says."""
    said: str = response["messages"][-1]["content"]
    return said
