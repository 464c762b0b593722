"""What the commands of the command line share: their common options, and how a function becomes a command.

Imports nothing heavy, as `sdg --help` must stay fast. The commands themselves are in the files beside this one.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from sdg.core.options import RunOptions

File = Annotated[str, typer.Argument(metavar="FILE", help="JSONL to read; - or nothing: stdin.", show_default=False)]
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
MaxCost = Annotated[
    float | None, typer.Option(metavar="X", min=0, help="Stop when so much is spent, by the models' prices.")
]
MaxCalls = Annotated[int | None, typer.Option(metavar="N", min=0, help="Stop before more requests than this.")]
MaxTime = Annotated[str | None, typer.Option(metavar="T", help="Stop after 90s, 30m, 6h or 1h30m.")]
InBatches = Annotated[
    bool, typer.Option("--batch", help="Through the Batch API: slower and cheaper. Needs FILE and -o.")
]
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
Personas = Annotated[
    str | None, typer.Option(metavar="FILE", help="Who the simulated user may be, one a line (default: ours).")
]
UserModel = Annotated[
    str | None, typer.Option(metavar="NAME", help="The model that plays the user (default: the one that answers).")
]

Fields = dict[str, Any] | None

Options = dict[str, tuple[Any, Any]]
"""{field of RunOptions: (annotation, default)}"""

_COMMON: Options = {"rejects": (Rejects, None), "quiet": (Quiet, False)}
MODELS: Options = {
    "config": (ConfigFile, None),
    "concurrency": (Concurrency, 64),
    "in_order": (InOrder, False),
    "cache": (UseCache, True),
    "max_cost": (MaxCost, None),
    "max_calls": (MaxCalls, None),
    "max_time": (MaxTime, None),
}
BATCH: Options = {"batch": (InBatches, False)}
TEMPLATES: Options = {"prompts": (PromptsDir, None)}


def stage_command(
    app: typer.Typer, *more: Options, output: str = "", shows: tuple[str, str, str] | None = None
) -> Callable[[Callable[..., Fields]], Callable[..., Fields]]:
    """Make a command of a function's options and the common ones: it runs the stage `Name` of sdg/NAME/stage.py.

    The options are the stage's fields. What the function returns, if anything, goes over them. A word that Python keeps
    for itself has an underscore: import_ is `sdg import` in sdg/import_/. A module of several stages has `stage_for`.
    more: groups of options besides those that every command has; output: "METAVAR: help" of its -o, where that is no
    file to continue; shows: (option, package, kind) of the option that shows what can be named.
    """

    def decorate(function: Callable[..., Fields]) -> Callable[..., Fields]:
        own = inspect.signature(function, eval_str=True).parameters.values()
        metavar, help = output.split(": ", 1) if output else ("FILE", "Write here; continued if it exists.")
        where = {"output": (Annotated[str | None, typer.Option("-o", "--output", metavar=metavar, help=help)], None)}
        shared = {name: option for group in (where, _COMMON, *more) for name, option in group.items()}
        help_of = {"described": (described(*shows), False)} if shows else {}
        options = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for name, (annotation, default) in {**help_of, **shared}.items()
        ]

        @functools.wraps(function)
        def command(**values: Any) -> None:
            from sdg.core.launch import run_stage

            name = function.__name__
            module = importlib.import_module(f"sdg.{name}.stage")
            stage = module.stage_for(values) if hasattr(module, "stage_for") else getattr(module, _class_name(name))
            run = RunOptions(**{option: values.pop(option) for option in shared})
            values.pop("described", None)  # its callback has ended the command if it was given
            values |= function(**values) or {}
            run.file = values.pop("file", "-")
            fields = {field: value for field, value in values.items() if value is not None}
            raise typer.Exit(run_stage(stage, fields, run))

        command.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
        command.__annotations__ = {p.name: p.annotation for p in [*own, *options]}
        app.command(function.__name__.rstrip("_").replace("_", "-"))(command)
        return function

    return decorate


def _class_name(command: str) -> str:
    return command.title().replace("_", "")


def described(option: str, package: str, kind: str) -> Any:
    """An option, `--rules` say, that shows what there is to name, with its options, and ends."""

    def show(wanted: bool) -> None:
        if wanted:
            from sdg.core import plugin

            typer.echo(plugin.described(package, kind))
            raise typer.Exit

    words = f"Show each {option.removeprefix('--').removesuffix('s')} with its options."
    return Annotated[bool, typer.Option(option, callback=show, is_eager=True, help=words)]
