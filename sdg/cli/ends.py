"""The commands at the ends of a pipe, before it is paid for and when it is done: options and help. No logic."""

from __future__ import annotations

from typing import Annotated

import typer

from sdg.cli.app import app
from sdg.cli.options import Concurrency, ConfigFile, Fields, File, stage_command


@stage_command(
    app,
    output="PLACE: FILE.jsonl, FILE.parquet, or a data set folder DIR/.",
    shows=("--formats", "sdg.export", "Format"),
)
def export(
    format: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT", help="messages, preference, kto, ...: --formats shows them all, or a FILE.py of yours."
        ),
    ],
    file: File = "-",
    answers: Annotated[
        str | None,
        typer.Option(
            metavar="WHICH", help="best (one a prompt, by reward) or all (default: the format's).", show_default=False
        ),
    ] = None,
    truncated: Annotated[bool, typer.Option("--truncated", help="Answers that were cut off as well.")] = False,
    test: Annotated[float, typer.Option(metavar="SHARE", min=0, max=1, help="Of the prompts, for a test split.")] = 0,
    parquet: Annotated[bool, typer.Option("--parquet", help="Parquet instead of JSONL, in a folder.")] = False,
    shard_rows: Annotated[int, typer.Option(metavar="N", min=1, help="Rows in a file of a folder.")] = 100_000,
    license: Annotated[str, typer.Option(metavar="NAME", help="For the card, as the hub writes it.")] = "other",
    push_to_hub: Annotated[
        str | None, typer.Option(metavar="ORG/NAME", help="Upload the folder as a data set.", show_default=False)
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="A data set that only its owner sees.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is at -o.")] = False,
    allow_rehearsal: Annotated[bool, typer.Option("--allow-rehearsal", help="Made-up records as well.")] = False,
) -> Fields:
    """Write what a trainer reads: rows, or a data set folder with a card."""


@app.command()
def report(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="What the steps wrote, in their order.")],
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="The page, report.html.")] = None,
    sample: Annotated[int, typer.Option(metavar="N", min=1, help="Most records that can be read in it.")] = 2000,
) -> None:
    """Make a page of what came out: counts, distributions, records to read."""
    from sdg.report.command import run_report

    raise typer.Exit(run_report(files, output, sample))


@app.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
def plan(
    command: Annotated[
        list[str],
        typer.Argument(
            metavar="COMMAND...", help="A command, 'a pipe | of them' in quotes, or a script and its arguments."
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="The figures as JSON; before the command.")] = False,
) -> None:
    """Say what commands will ask of models: calls, tokens, cost and time.

    For example: sdg plan 'sdg prompts --task writing -n 1000 | sdg respond -n 4 | sdg score --min 3.5'
    """
    from sdg.plan.command import run_plan

    raise typer.Exit(run_plan(command, json, typer.main.get_command(app).commands))  # type: ignore[attr-defined]


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
