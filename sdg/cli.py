"""The commands, in the order in which a record meets them: options and help. No logic, no heavy import.

`sdg --help` must stay fast: everything but typer is imported inside the commands.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from sdg import __version__
from sdg.core.options import RunOptions

app = typer.Typer(
    help="Synthetic alignment data from the command line. Each command reads and writes JSONL.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

File = Annotated[str, typer.Argument(metavar="FILE", help="JSONL to read; - or nothing: stdin.", show_default=False)]
Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="FILE", help="Write here; continued if it exists.")
]
Rejects = Annotated[
    str | None, typer.Option(metavar="FILE", help="Lines left out, with reasons (beside -o by default).")
]
ConfigFile = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", envvar="SDG_CONFIG", help="Endpoints, TOML (default: ./sdg.toml)."),
]
Concurrency = Annotated[
    int,
    typer.Option(metavar="N", min=1, max=4096, envvar="SDG_CONCURRENCY", help="Requests in flight at one endpoint."),
]
InOrder = Annotated[bool, typer.Option("--in-order", help="Keep the order of the input.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no counts on stderr.")]
UseCache = Annotated[bool, typer.Option("--cache/--no-cache", help="Use answers that were paid for before.")]
PromptsDir = Annotated[
    str | None,
    typer.Option("--prompts", metavar="DIR", envvar="SDG_PROMPTS", help="Your own templates, by the same names."),
]
Language = Annotated[str, typer.Option(metavar="NAME", help="The language to write in.")]
Model = Annotated[str, typer.Option(metavar="NAME", help="A [models.NAME] table, or a model id.")]
Temperature = Annotated[
    float | None, typer.Option(metavar="X", min=0, help="Sampling temperature.", show_default=False)
]
TopP = Annotated[float | None, typer.Option(metavar="X", min=0, max=1, help="Nucleus sampling.", show_default=False)]
MaxTokens = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Longest answer, in tokens.", show_default=False)
]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of the draws.")]

Fields = dict[str, Any] | None

_COMMON: dict[str, tuple[Any, Any]] = {
    "output": (Output, None),
    "rejects": (Rejects, None),
    "config": (ConfigFile, None),
    "concurrency": (Concurrency, 64),
    "in_order": (InOrder, False),
    "quiet": (Quiet, False),
}
_CACHE: dict[str, tuple[Any, Any]] = {"cache": (UseCache, True)}
_PROMPTS: dict[str, tuple[Any, Any]] = {"prompts": (PromptsDir, None)}


def stage_command(**more: tuple[Any, Any]) -> Callable[[Callable[..., Fields]], Callable[..., Fields]]:
    """Make a command of a function's options and the common ones: it runs the stage `Name` of sdg/NAME/stage.py.

    The options are the stage's fields. What the function returns, if anything, goes over them.
    """

    def decorate(function: Callable[..., Fields]) -> Callable[..., Fields]:
        own = inspect.signature(function, eval_str=True).parameters.values()
        shared = {**_COMMON, **more}
        options = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for name, (annotation, default) in shared.items()
        ]

        @functools.wraps(function)
        def command(**values: Any) -> None:
            from sdg.core.launch import run_stage

            name = function.__name__
            stage = getattr(importlib.import_module(f"sdg.{name}.stage"), name.title())
            run = RunOptions(**{option: values.pop(option) for option in shared})
            values |= function(**values) or {}
            run.file = values.pop("file", "-")
            fields = {field: value for field, value in values.items() if value is not None}
            raise typer.Exit(run_stage(stage, fields, run))

        command.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
        command.__annotations__ = {p.name: p.annotation for p in [*own, *options]}
        app.command()(command)
        return function

    return decorate


_PROMPT_COMMANDS = {**_PROMPTS, **_CACHE}


@stage_command(**_PROMPT_COMMANDS)
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


@stage_command(**_PROMPT_COMMANDS)
def prompts(
    task: Annotated[str, typer.Option(metavar="NAME", help="open-qa, writing, closed-qa, math or coding.")],
    n: Annotated[int, typer.Option("-n", metavar="N", min=1, help="How many accepted, distinct prompts.")] = 100,
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
    seed: Seed = 0,
    language: Language = "English",
    model: Model = "instruct",
    temperature: Temperature = None,
    top_p: TopP = None,
    max_tokens: MaxTokens = None,
) -> Fields:
    """Make prompts for a task, from topics or documents."""


@stage_command(**_CACHE)
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
) -> Fields:
    """Answer each prompt, K times."""


@stage_command(**_CACHE)
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


def _describe_rules(shown: bool) -> None:
    if shown:
        from sdg.core.plugin import described

        typer.echo(described("sdg.filter", "Rule"))
        raise typer.Exit


@stage_command()
def filter(
    rules: Annotated[
        list[str],
        typer.Argument(metavar="RULE... [FILE]", help="NAME or NAME:KEY=VALUE,... and the input, if not stdin."),
    ],
    describe: Annotated[
        bool,
        typer.Option("--rules", callback=_describe_rules, is_eager=True, help="Show each rule with its options."),
    ] = False,
) -> Fields:
    """Keep the lines that pass every rule.

    Rules: score, duplicate, length, finish, refusal, or a .py file of yours. For example: sdg filter
    score:min=3.5,by=helpfulness duplicate length:max=2000,unit=words finish refusal scored.jsonl
    """
    from sdg.filter.stage import split_file

    rules, file = split_file(rules)
    return {"rules": rules, "file": file, "describe": None}


@app.command()
def probe(
    config: ConfigFile = None,
    concurrency: Concurrency = 4,
) -> None:
    """Ask every configured endpoint what it can do, and say what works."""
    from sdg.probe.command import run_probe

    raise typer.Exit(run_probe(config, concurrency))


@app.command()
def why(
    id: Annotated[str, typer.Argument(metavar="ID", help="A record's id, or how it begins.")],
    files: Annotated[list[str] | None, typer.Argument(metavar="[FILE]...", help="Further rejects files.")] = None,
    rejects: Annotated[list[str] | None, typer.Option(metavar="FILE", help="A rejects file; may be repeated.")] = None,
) -> None:
    """Say why a record was left out."""
    from sdg.why.command import run_why

    raise typer.Exit(run_why(id, [*(rejects or []), *(files or [])]))


@app.command()
def rehearse(
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="0: any free port.")] = 8000,
    host: Annotated[str, typer.Option(metavar="NAME", help="The address to listen on.")] = "127.0.0.1",
    latency: Annotated[
        str, typer.Option(metavar="SPEC", help="fixed:S, exponential:MEAN or lognormal:MEDIAN,SIGMA, in seconds.")
    ] = "",
    fault: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND=SHARE", help="429, 500, reset, hang, cut, html, null, empty, fewer ..."),
    ] = None,
    capacity: Annotated[
        int, typer.Option(metavar="N", min=0, help="Refuse more requests at once than this; 0: never.")
    ] = 0,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the faults.")] = 0,
    log: Annotated[str | None, typer.Option(metavar="FILE", help="One JSON line for each request.")] = None,
) -> None:
    """Serve the built-in rehearsal endpoint over HTTP."""
    from sdg.rehearsal.command import run_rehearse

    raise typer.Exit(run_rehearse(port, host, latency, fault or [], capacity, seed, log))


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"sdg {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """The entry point; Ctrl-C before a run has begun ends quietly."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `sdg why ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
