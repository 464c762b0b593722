"""The commands that judge responses, and choose among them: options and help. No logic, no heavy import."""

from __future__ import annotations

from typing import Annotated

import typer

from sdg.cli.app import app
from sdg.cli.options import BATCH, MODELS, TEMPLATES, Fields, File, Seed, stage_command


@stage_command(app, shows=("--verifiers", "sdg.verify", "Check"))
def verify(
    file: File = "-",
    verifier: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:KEY=VALUE,...]",
            help="Only this one; may be repeated (default: all, by the record's task).",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        str, typer.Option(metavar="WHAT", help="all, strict or loose: leave out responses that do not hold.")
    ] = "all",
) -> Fields:
    """Check responses by program: constraints, answers, tests."""


@stage_command(app, MODELS, BATCH)
def score(
    file: File = "-",
    min: Annotated[float | None, typer.Option(metavar="X", help="Leave out responses below this.")] = None,
    by: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What --min looks at: helpfulness, correctness, coherence, complexity, verbosity, reward.",
        ),
    ] = "reward",
    weights: Annotated[
        str,
        typer.Option(metavar="NAME=W,...", help="Weights of the reward (default: those of the 340B reward's card)."),
    ] = "",
    model: Annotated[str, typer.Option(metavar="NAME", help="The reward model: a [models.NAME] table.")] = "reward",
) -> Fields:
    """Score each response with the reward model."""


@stage_command(app, shows=("--rules", "sdg.filter", "Rule"))
def filter(
    rules: Annotated[
        list[str],
        typer.Argument(metavar="RULE... [FILE]", help="NAME or NAME:KEY=VALUE,... and the input, if not stdin."),
    ],
) -> Fields:
    """Keep the lines that pass every rule.

    Rules: score, duplicate, length, finish, refusal, verdict, or a .py file of yours. For example: sdg filter
    score:min=3.5,by=helpfulness duplicate length:max=2000,unit=words finish refusal scored.jsonl
    """
    from sdg.filter.stage import split_file

    rules, file = split_file(rules)
    return {"rules": rules, "file": file}


@stage_command(app, TEMPLATES, MODELS, shows=("--judges", "sdg.pairs", "Judge"))
def pairs(
    file: File = "-",
    judge: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[,NAME...]",
            help="In order of trust: ground-truth, reward, llm, FILE.py (default: the first two).",
            show_default=False,
        ),
    ] = None,
    strategy: Annotated[
        str, typer.Option(metavar="NAME", help="best-worst, best-random, adjacent or all.")
    ] = "best-worst",
    truth: Annotated[
        str, typer.Option(metavar="NAME", help="Of several right and wrong ones: hardest or random.")
    ] = "hardest",
    margin: Annotated[float | None, typer.Option(metavar="X", help="By reward: the least distance.")] = None,
    max_margin: Annotated[float | None, typer.Option(metavar="X", help="By reward: the greatest distance.")] = None,
    min_chosen: Annotated[
        float | None, typer.Option(metavar="X", help="Chosen ones have at least this (see --by).")
    ] = None,
    max_rejected: Annotated[
        float | None, typer.Option(metavar="X", help="Rejected ones have at most this (see --by).")
    ] = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="What these two look at: reward or an attribute.")] = "reward",
    unpaired: Annotated[bool, typer.Option("--unpaired", help="Label single responses good or bad, for KTO.")] = False,
    policy: Annotated[str, typer.Option(metavar="MODEL", help="Say which responses this model wrote.")] = "",
    truncated: Annotated[
        bool, typer.Option("--truncated", help="Cut-off answers as well, as rejected ones only.")
    ] = False,
    seed: Seed = 0,
) -> Fields:
    """Make preference pairs of a prompt's responses: ground truth, rewards, a judge."""


@stage_command(
    app,
    TEMPLATES,
    MODELS,
    output="FILE: A line for each item here; continued if it exists.",
    shows=("--judges", "sdg.judge_eval", "Judge"),
)
def judge_eval(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="JSONL, a JSON array, Parquet or hf://ORG/NAME[:split]; - or nothing: stdin.",
            show_default=False,
        ),
    ] = "-",
    judge: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[,NAME]",
            help="reward (default) or llm, or two to compare; reward:model=NAME.",
            show_default=False,
        ),
    ] = None,
    n: Annotated[
        int | None, typer.Option("-n", metavar="N", min=1, help="Only so many items, over all subsets.")
    ] = None,
    json: Annotated[str | None, typer.Option(metavar="FILE", help="The figures as JSON; - for stdout.")] = None,
) -> Fields:
    """Measure how far a judge can be trusted, on RewardBench or pairs of yours."""
