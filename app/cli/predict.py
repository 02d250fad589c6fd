"""`locbao predict`: batches of pages to rows or text."""

import os
import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import typer

from locbao.cli.console import Exit, guarded, say
from locbao.cli.options import (
    Engine,
    EngineOption,
    FormatOption,
    HtmlFieldOption,
    IdFieldOption,
    InputsArgument,
    JobsOption,
    MasterOption,
    MaxCharsOption,
    ModelOption,
    OutputOption,
    QuietOption,
    ResumeOption,
    SiteFieldOption,
    SiteMemoryOption,
    StrictOption,
    TextFieldOption,
    TimeoutOption,
)
from locbao.cli.progress import progress
from locbao.predict.batch.job import TIMEOUT, Work
from locbao.predict.optional import cores
from locbao.predict.reading.inputs import MAX_CHARS, ReadOptions, is_page
from locbao.predict.writing.outputs import Format, Output, check_output

if TYPE_CHECKING:
    from locbao.predict.batch.run import Summary


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
