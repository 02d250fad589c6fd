"""`locbao predict`: batches of pages to rows or text."""

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from locbao.cli.console import Exit, guarded, say
from locbao.cli.progress import progress
from locbao.cli.shared import ModelOption
from locbao.predict.batch.job import TIMEOUT, Work
from locbao.predict.optional import cores
from locbao.predict.reading.inputs import is_page
from locbao.predict.reading.items import MAX_CHARS, ReadOptions
from locbao.predict.writing.outputs import Format, Output, check_output

if TYPE_CHECKING:
    from locbao.predict.batch.run import Summary


class Engine(StrEnum):
    """What labels a batch."""

    LOCAL = "local"
    SPARK = "spark"


InputsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="A .txt or .html file (a page), a folder (all such files below it), a .jsonl (also .gz, .zst) or "
        ".parquet file with an id and a text in every row, or - for JSON Lines on standard input.",
        show_default=False,
    ),
]
OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="OUT",
        help="Write to this file, whole or not at all; .gz and .zst compress. With a / at the end: a folder, which "
        "gets a file for each page.",
    ),
]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        help="jsonl: a row a page. parquet: the same rows in columns. text: the clean body of each page, its "
        "captions below it. Without it: what the name of OUT says, else jsonl.",
        show_default=False,
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        metavar="N",
        help="Processes that label; 1 is the main process alone. Without it: 1 for a single page, else as many as "
        "there are cores.",
        show_default=False,
    ),
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on with a run that broke off.")]
StrictOption = Annotated[bool, typer.Option("--strict", help="End at the first page that cannot be used.")]
MaxCharsOption = Annotated[int, typer.Option(min=1, metavar="N", help="Reject pages of more characters than this.")]
TimeoutOption = Annotated[
    float | None,
    typer.Option(
        min=1,
        metavar="SECONDS",
        help=f"Reject a page that takes longer than this; not with --jobs 1. Without it: {TIMEOUT:g}.",
        show_default=False,
    ),
]
IdFieldOption = Annotated[str, typer.Option(metavar="NAME", help="Field or column that holds a row's id.")]
TextFieldOption = Annotated[str, typer.Option(metavar="NAME", help="Field or column that holds a row's text.")]
HtmlFieldOption = Annotated[
    str, typer.Option(metavar="NAME", help="Field or column with a row's HTML, read where there is no text.")
]
SiteMemoryOption = Annotated[
    bool,
    typer.Option(
        "--site-memory",
        help="Read all pages twice, and take lines that stand on many pages of a site for furniture more readily "
        "(see docs/sites.md).",
    ),
]
SiteFieldOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="With --site-memory: field or column that holds the site of a row, or an address there. Without it: "
        "site. The site of a file is its folder.",
        show_default=False,
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Tell nothing but errors.")]
EngineOption = Annotated[
    Engine, typer.Option(help="What labels: processes of this machine, or Spark (see docs/spark.md).")
]
MasterOption = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Where Spark runs, such as spark://HOST:7077.", show_default=False),
]


@guarded
def predict(
    inputs: InputsArgument,
    output: OutputOption = None,
    model: ModelOption = None,
    format: FormatOption = None,
    jobs: JobsOption = None,
    resume: ResumeOption = False,
    strict: StrictOption = False,
    max_chars: MaxCharsOption = MAX_CHARS,
    timeout: TimeoutOption = None,
    id_field: IdFieldOption = "id",
    text_field: TextFieldOption = "text",
    html_field: HtmlFieldOption = "html",
    site_memory: SiteMemoryOption = False,
    site_field: SiteFieldOption = None,
    quiet: QuietOption = False,
    engine: EngineOption = Engine.LOCAL,
    master: MasterOption = None,
) -> None:
    """Label every line of many pages.

    Each page becomes a row with its id, and the label, probability and text of every line that is not blank. The id of
    a file is its path below the INPUT. Pages that cannot be used are left out and listed with file, row and reason:
    in OUT.errors.jsonl, or on standard error if there is no OUT. The exit code is then 3. A run that breaks off,
    whatever the cause, goes on with --resume and gives the same output.

    \b
        locbao predict pages/ -o labelled.jsonl
        locbao predict crawl.jsonl.gz --format text -o clean.txt
        locbao predict crawl.parquet -o labelled.parquet --resume
        cat crawl.jsonl | locbao predict - | jq .id
    """
    _check_usage(site_memory or site_field is None, "--site-field is for --site-memory.")
    sites = (site_field or "site") if site_memory else ""
    options = ReadOptions(
        max_chars=max_chars, text_field=text_field, id_field=id_field, html_field=html_field, site_field=sites
    )
    if engine is Engine.SPARK:
        local = {"--jobs": jobs, "--resume": resume, "--strict": strict, "--timeout": timeout}
        local["--site-memory"] = site_memory
        done = _on_spark(inputs, output, master, format, model, options, local)
    else:
        _check_usage(master is None, "--master is for --engine spark.")
        _check_usage(output is not None or not resume, "--resume needs --output: what was printed cannot be resumed.")
        if site_memory:
            _check_readable_twice(inputs)
        out = Output.of(output, format)
        check_output(out, inputs, resuming=resume)

        import locbao
        from locbao.predict.batch.run import Run

        run = Run(
            inputs=inputs,
            work=Work(out, options),
            load=partial(locbao.load, model),
            jobs=jobs or (1 if timeout is None and is_page(inputs) else cores()),  # a process takes longer than a page
            timeout=timeout or TIMEOUT,
            strict=strict,
            resume=resume,
        )
        with progress(shown=not quiet and (output is not None or not sys.stdout.isatty())) as watch:
            done = run(watch, tell=lambda rejected: say(f"{rejected}."))
    if output and not quiet:
        say(f"Pages labelled: {done.labelled}, in {output}")
    if done.rejected and not quiet:
        say(f"Inputs rejected: {done.rejected}, {done.place}")
    if done.rejected:
        raise typer.Exit(Exit.SOME_QUARANTINED)


def _on_spark(
    inputs: list[str],
    output: str | None,
    master: str | None,
    format: Format | None,
    model: str | None,
    options: ReadOptions,
    local: Mapping[str, object],
) -> "Summary":
    """`local`: options that only the local engine has, with what was given for them."""
    for name, given in local.items():
        _check_usage(not given, f"{name} is for the local engine.")
    if output is None:
        raise typer.BadParameter("--engine spark needs --output.")

    from locbao.predict.batch.run import Summary
    from locbao.predict.spark.files import run_spark

    counts = run_spark(inputs, output, master, format, model, options)
    return Summary.of(counts.labelled, counts.rejected, f"in {output}.errors.jsonl")


def _check_usage(right: bool, message: str) -> None:
    if not right:
        raise typer.BadParameter(message)


def _check_readable_twice(inputs: list[str]) -> None:
    for name in inputs:
        streamed = name == "-" or (os.path.exists(name) and not (os.path.isfile(name) or os.path.isdir(name)))
        what = "Standard input" if name == "-" else name
        _check_usage(not streamed, f"{what} can be read only once, and --site-memory reads twice: give a file.")
