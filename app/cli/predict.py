"""`locbao predict`: batches of pages to rows or text."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from locbao.cli.console import Exit, say
from locbao.cli.progress import progress
from locbao.cli.shared import MOST_SECONDS, CaptionOddsOption, ModelOption, ThresholdOption, thresholds
from locbao.predict.batch.job import TIMEOUT, Work
from locbao.predict.optional import cores
from locbao.predict.reading.inputs import is_page
from locbao.predict.reading.items import MAX_CHARS, ReadOptions
from locbao.predict.reading.markup import Markup
from locbao.predict.writing.outputs import Format, Output, check_output
from locbao.predict.writing.part_files import is_special, standard_output
from locbao.predict.writing.rows import COLUMNS


class Engine(StrEnum):
    """What labels a batch."""

    LOCAL = "local"
    SPARK = "spark"


# Headings of the options in --help.
_RUN, _INPUT, _SITES, _SPARK = "How it runs", "What it reads of a row", "Memory of sites", "Spark"


def _field_option(help: str) -> Any:
    return typer.Option(metavar="NAME", help=help, rich_help_panel=_INPUT)


def predict(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="A .txt, .html or .md file (a page), a .json file (an object with id and text, or a list of them), a "
            "folder (all such files below it), a .jsonl (also .gz, .zst) or .parquet file with an id and a text in "
            "every row, or - for JSON Lines on standard input.",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="Write to this file, whole or not at all; .gz and .zst compress. With a / at the end: a folder, which "
            "gets a file for each page.",
        ),
    ] = None,
    model: ModelOption = None,
    format: Annotated[
        Format | None,
        typer.Option(
            help="jsonl: a row a page. parquet: the same rows in columns. text: the clean body of each page, its "
            "captions below it. markdown: the same in the input's own lines. Without it: what the name "
            "of OUT says, else jsonl."
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            min=1,
            metavar="N",
            help="Processes that label; 1 is the main process alone, unless there is a --timeout. Without it: 1 for a "
            "single page, else as many as there are cores.",
            rich_help_panel=_RUN,
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that broke off.", rich_help_panel=_RUN)
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite OUT even if locbao did not write it.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End at the first page that cannot be used.", rich_help_panel=_RUN)
    ] = False,
    max_chars: Annotated[
        int, typer.Option(min=1, metavar="N", help="Reject pages of more characters than this.", rich_help_panel=_RUN)
    ] = MAX_CHARS,
    timeout: Annotated[
        float | None,
        typer.Option(
            min=1,
            max=MOST_SECONDS,
            metavar="SECONDS",
            help=f"Reject a page that takes longer than this. Without it: {TIMEOUT:g}, and no end in the main process.",
            rich_help_panel=_RUN,
        ),
    ] = None,
    id_field: Annotated[str, _field_option("Field or column that holds a row's id.")] = "id",
    text_field: Annotated[str, _field_option("Field or column that holds a row's text.")] = "text",
    html_field: Annotated[
        str, _field_option("Field or column with a row's HTML, read where there is no text.")
    ] = "html",
    markdown_field: Annotated[
        str, _field_option("Field or column with a row's Markdown, read where there is no text or HTML.")
    ] = "markdown",
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Fields or columns of a row that go into its labelled row, such as url,title; in Parquet as strings, "
            "lists and numbers as JSON.",
            rich_help_panel=_INPUT,
        ),
    ] = None,
    input: Annotated[
        Markup,
        typer.Option(
            help="What .txt files and texts of rows are written in. auto: HTML if it begins so, Markdown if it shows "
            "enough marks of it, else text. HTML and Markdown files, fields and columns are what their name says.",
            rich_help_panel=_INPUT,
        ),
    ] = Markup.AUTO,
    site_memory: Annotated[
        bool,
        typer.Option(
            "--site-memory",
            help="Read all pages twice, and take lines that stand on many pages of a site for furniture more readily "
            "(see docs/sites.md).",
            rich_help_panel=_SITES,
        ),
    ] = False,
    site_field: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="With --site-memory: field or column that holds the site of a row, or an address there. Without it: "
            "site. The site of a file is its folder.",
            rich_help_panel=_SITES,
        ),
    ] = None,
    caption_odds: CaptionOddsOption = 1.0,
    threshold: ThresholdOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Tell nothing but errors.")] = False,
    engine: Annotated[
        Engine,
        typer.Option(
            help="What labels: processes of this machine, or Spark (see docs/spark.md).", rich_help_panel=_SPARK
        ),
    ] = Engine.LOCAL,
    master: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where Spark runs, such as spark://HOST:7077. Without it: what Spark is set to.",
            rich_help_panel=_SPARK,
        ),
    ] = None,
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
    chosen = thresholds(threshold)
    sites = (site_field or "site") if site_memory else ""
    kept = tuple(dict.fromkeys(filter(None, map(str.strip, (keep or "").split(",")))))
    taken = ", ".join(name for name in kept if name in COLUMNS)
    _check_usage(not taken, f"--keep cannot keep {taken}: every labelled row has a field of that name.")
    options = ReadOptions(
        max_chars=max_chars,
        id_field=id_field,
        text_field=text_field,
        html_field=html_field,
        markdown_field=markdown_field,
        site_field=sites,
        markup=input,
        keep=kept,
    )
    out = Output.of(output, format)
    holds_rows = out.format in (Format.JSONL, Format.PARQUET)
    _check_usage(holds_rows or not kept, f"--keep is for JSON Lines and Parquet: {out.format} has no place for fields.")
    if engine is Engine.SPARK:
        local_only: dict[str, object] = {"jobs": jobs, "resume": resume, "strict": strict, "timeout": timeout}
        local_only |= {"site-memory": site_memory, "force": force}
        for name, value in local_only.items():
            _check_usage(not value, f"--{name} is for the local engine.")
        if output is None:
            raise typer.BadParameter("--engine spark needs --output.")

        from locbao.predict.batch.run import Summary
        from locbao.predict.spark.files import run_spark

        counts = run_spark(inputs, output, master, format, model, options, caption_odds=caption_odds, thresholds=chosen)
        summary = Summary(counts.labelled, counts.rejected, f"in {output}.errors.jsonl")
    else:
        _check_usage(master is None, "--master is for --engine spark.")
        _check_usage(output is not None or not resume, "--resume needs --output: what was printed cannot be resumed.")
        for name in inputs if site_memory else ():
            what, streamed = "Standard input" if name == "-" else name, name == "-" or is_special(Path(name))
            _check_usage(not streamed, f"{what} can be read only once, and --site-memory reads twice: give a file.")
        check_output(out, inputs, resuming=resume, force=force)

        import locbao
        from locbao.predict.batch.run import Run

        run = Run(
            inputs=inputs,
            work=Work(out, options, caption_odds=caption_odds, thresholds=chosen),
            load=partial(locbao.load, model),
            jobs=jobs or (1 if is_page(inputs) else cores()),  # another process takes longer to start than a page
            timeout=timeout,
            strict=strict,
            resume=resume,
        )
        with progress(shown=not quiet and (output is not None or not standard_output().isatty())) as watch:
            summary = run(watch, tell=lambda rejected: say(f"{rejected}."))
    if not quiet:
        if output:
            say(f"Pages labelled: {summary.labelled}, in {output}")
        if summary.left_out:
            say(f"Left out of folders, since they are not read: {summary.left_out}")
        if summary.never_kept:
            say(f"No page has a value for {' or '.join(summary.never_kept)}, named with --keep: null in all rows.")
        if summary.unlike:
            say(summary.unlike)
        if summary.rejected:
            say(f"Inputs rejected: {summary.rejected}, {summary.place}")
    if summary.rejected:
        raise typer.Exit(Exit.SOME_QUARANTINED)


def _check_usage(right: bool, message: str) -> None:
    if not right:
        raise typer.BadParameter(message)
