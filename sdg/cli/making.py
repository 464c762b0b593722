"""The commands that make prompts and responses: options and help. No logic, no heavy import."""

from __future__ import annotations

from typing import Annotated

import typer

from sdg.cli.app import app
from sdg.cli.options import (
    BATCH,
    MODELS,
    TEMPLATES,
    Fields,
    File,
    Language,
    MaxTokens,
    Model,
    Personas,
    Seed,
    Temperature,
    TopP,
    UserModel,
    stage_command,
)


@stage_command(app, TEMPLATES, MODELS)
def topics(
    field: Annotated[str, typer.Option(metavar="NAME", help="general, math or python.")] = "general",
    domain: Annotated[str, typer.Option(metavar="TEXT", help="A field of your own, in words.")] = "",
    macro: Annotated[int, typer.Option(metavar="N", min=0, help="How many macro topics to ask for.")] = 20,
    sub: Annotated[
        int, typer.Option(metavar="N", min=0, help="How many subtopics of each; 0: macro topics only.")
    ] = 10,
    seeds: Annotated[str | None, typer.Option(metavar="FILE", help="Your own topics, one a line or JSONL.")] = None,
    entities: Annotated[str | None, typer.Option(metavar="FILE", help="Titles, one a line, to pick from.")] = None,
    code: Annotated[str | None, typer.Option(metavar="DIR", help="Python source to take names from.")] = None,
    language: Language = "English",
    model: Model = "instruct",
    temperature: Temperature = None,
    top_p: TopP = None,
    max_tokens: MaxTokens = None,
) -> Fields:
    """Make a tree of topics, or keywords for math and python."""


@stage_command(app, TEMPLATES, MODELS)
def prompts(
    task: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="open-qa, writing, closed-qa, math, coding; with --from: two-turn, instruction-following.",
        ),
    ],
    n: Annotated[
        int | None,
        typer.Option(
            "-n", metavar="N", min=1, help="How many accepted, distinct prompts (default: 100; all of --from)."
        ),
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE", help="Prompts or chats to make new ones from: JSONL, - or hf://ORG/NAME[:split]."
        ),
    ] = None,
    topics: Annotated[
        str | None, typer.Option(metavar="FILE", help="Topics (JSONL or one a line); - is stdin.")
    ] = None,
    documents: Annotated[
        str | None, typer.Option(metavar="SOURCE", help="closed-qa: a folder, a JSONL file or hf://ORG/NAME[:split].")
    ] = None,
    text_field: Annotated[
        str, typer.Option(metavar="NAME", help="Where a document's text is in JSONL and data sets.")
    ] = "text",
    domain: Annotated[str, typer.Option(metavar="TEXT", help="Topics of this field, when none are given.")] = "",
    personas: Personas = None,
    user_model: UserModel = None,
    seed: Seed = 0,
    language: Language = "English",
    model: Model = "instruct",
    temperature: Temperature = None,
    top_p: TopP = None,
    max_tokens: MaxTokens = None,
) -> Fields:
    """Make prompts for a task, from topics, documents or other prompts."""
    return {"file": from_} if from_ else None


@stage_command(app, shows=("--formats", "sdg.core.chats", "Format"))
def import_(
    format: Annotated[
        str, typer.Argument(metavar="FORMAT", help="sharegpt, messages, lmsys, wildchat, alpaca, gsm8k, math, text.")
    ],
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="JSONL, a JSON array, Parquet, text or hf://ORG/NAME[:split]; - or nothing: stdin.",
            show_default=False,
        ),
    ] = "-",
    take: Annotated[
        str, typer.Option(metavar="WHAT", help="chat (all of it), first (user turn) or last (all up to it).")
    ] = "chat",
    language: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only rows that say they are in this language (English, en).")
    ] = None,
) -> Fields:
    """Read chats of the field's formats as prompts and responses."""


@stage_command(app)
def mix(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE[:WEIGHT]...", help="JSONL or hf://ORG/NAME[:split]; one may be -.")
    ],
    balanced: Annotated[bool, typer.Option("--balanced", help="As many lines of each file.")] = False,
    n: Annotated[
        int | None, typer.Option("-n", metavar="N", min=1, help="End after so many lines.", show_default=False)
    ] = None,
    seed: Seed = 0,
) -> Fields:
    """Mix several files into one, by weights or in balance."""


@stage_command(app, output="DIR: For sft.jsonl and preference.jsonl; continued if they exist.")
def split(
    file: File = "-",
    sft: Annotated[float, typer.Option(metavar="SHARE", min=0, max=1, help="For supervised fine-tuning.")] = 0.5,
    preference: Annotated[float, typer.Option(metavar="SHARE", min=0, max=1, help="For preference data.")] = 0.5,
    seed: Seed = 0,
) -> Fields:
    """Split prompts into an SFT and a preference part that share none."""


@stage_command(app, TEMPLATES, MODELS, BATCH)
def respond(
    file: File = "-",
    n: Annotated[int, typer.Option("-n", metavar="N", min=1, help="Responses to each prompt.")] = 1,
    model: Annotated[
        str, typer.Option(metavar="NAME[,NAME...]", help="Models that the responses go round.")
    ] = "instruct",
    temperature: Temperature = None,
    top_p: TopP = None,
    max_tokens: MaxTokens = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Sampling seed, one more for each sample.")] = None,
    system: Annotated[str, typer.Option(metavar="TEXT", help="System prompt, where a prompt has none.")] = "",
    turns: Annotated[int, typer.Option(metavar="N", min=1, help="Answers in a dialogue with a simulated user.")] = 1,
    personas: Personas = None,
    user_model: UserModel = None,
) -> Fields:
    """Answer each prompt, K times, or talk on with a simulated user."""
