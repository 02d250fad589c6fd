"""`locbao corpus`: from pages of one's own to a corpus that people have labelled."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from locbao.cli.console import Exit, say
from locbao.cli.shared import ModelOption, corpus_argument
from locbao.features.errors import LocbaoError
from locbao.predict.writing.part_files import standard_output

if TYPE_CHECKING:
    from locbao.predict.reading.items import Input, Rejected, Source

corpus = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Make a corpus: draft labels, correct them, and check them."
)

InputsArgument = Annotated[
    list[str],
    typer.Argument(metavar="INPUT", help="Pages: all that locbao predict reads, and corpora as well."),
]
LabelledArgument = Annotated[
    list[Path], corpus_argument("Labelled pages, .jsonl or .jsonl.gz, or folders of such files.")
]
OutputOption = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write; it must not be there yet.")
]


class ExchangeFormat(StrEnum):
    """What other tools read and write."""

    LABEL_STUDIO = "label-studio"
    TSV = "tsv"


@corpus.command()
def draft(
    inputs: InputsArgument,
    site: Annotated[
        str, typer.Option(metavar="NAME", help="Who published the pages: the same name for the same site, always.")
    ],
    output: OutputOption,
    model: ModelOption = None,
) -> None:
    """Write pages as corpus rows that a model has labelled, for people to correct.

    Blank lines are kept, and each label has its probability beside it. Read every line: a second look at the unsure
    ones alone keeps the confident mistakes. Pages that cannot be used are listed, and the exit code is then 3.

    \b
        locbao corpus draft pages/ --site daibiencuong -o draft.jsonl
    """
    import locbao
    from locbao.train.annotate.drafts import draft_rows

    if not site.strip():
        raise typer.BadParameter("every page of a corpus has the name of its site.", param_hint="--site")
    _check_corpus(output)
    rejected: list[Rejected] = []
    drafted = draft_rows(_pages(inputs, rejected), site, locbao.load(model))
    count = _write_corpus(output, drafted, otherwise=_no_page(inputs))
    say(f"Pages drafted: {count}, in {output}")
    _end(rejected)


@corpus.command("next")
def next_pages(
    inputs: InputsArgument,
    labelled: Annotated[
        list[Path] | None,
        typer.Option(metavar="CORPUS", help="Pages that are labelled already; may be given more than once."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="How many pages to list.")] = 20,
    model: ModelOption = None,
) -> None:
    """List the pages that are most worth labelling, the first one first.

    A page is worth the mistakes that the model expects to make in those of its lines that no page before it has, times
    the share of such lines: pages full of doubt and new templates come first, near-duplicates last.

    \b
        locbao corpus next draft.jsonl
        locbao corpus next pages/ --labelled mine.jsonl --top 5
    """
    import locbao
    from locbao.train.annotate.drafts import labelled_pages
    from locbao.train.annotate.priority import labelling_order
    from locbao.train.corpus.corpus_files import expanded
    from locbao.train.corpus.labelled_pages import read_corpus

    standard_output()
    done = read_corpus(expanded(labelled or []))
    rejected: list[Rejected] = []
    pages = labelled_pages(_pages(inputs, rejected), locbao.load(model))
    order = list(islice(labelling_order(pages, (line for page in done for line in page.lines)), top))
    if not order:
        raise _no_page(inputs)
    typer.echo("expected mistakes, unsure lines, new lines, page")
    for page in order:
        typer.echo(f"{page.worth:6.2f} {page.doubtful:4d} {page.new:4.0%}  {page.id}  ({page.source})")
    _end(rejected)


@corpus.command()
def edit(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A corpus, .jsonl: a draft, or labelled pages.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to serve on; 0 takes a free one.")] = 0,
    model: ModelOption = None,
) -> None:
    """Correct the labels of a corpus in a browser.

    Serves a page on this machine alone, at the address that is printed; nobody without it can see or change anything.
    Every change is saved into FILE at once. The model tells topics and reasons; it labels nothing anew. Ctrl-C ends it.

    \b
        locbao corpus edit draft.jsonl
    """
    import locbao
    from locbao.editor import Editor
    from locbao.train.annotate.edits import CorpusFile

    standard_output()
    pages = CorpusFile(file)
    for fault in pages.faults():
        say(f"Left as it is: {fault}")
    with Editor(pages, locbao.load(model), port) as editor:
        typer.echo(editor.address)
        say("Open this address in a browser. Every change is saved at once; Ctrl-C ends the editor.")
        try:
            editor.serve_forever()
        except KeyboardInterrupt:
            say(f"Ended. All changes are in {file}")


@corpus.command()
def export(
    files: LabelledArgument,
    output: OutputOption,
    format: Annotated[
        ExchangeFormat, typer.Option(help="What to write: tasks of Label Studio, or a table for a spreadsheet.")
    ],
) -> None:
    """Write a corpus for another tool to label in; import brings it back.

    label-studio: a JSON file of tasks, with the labels and their scores as predictions; the labelling configuration to
    use is printed. tsv: a table with a row a line, of which the columns label and sure are to be changed.

    \b
        locbao corpus export draft.jsonl --format label-studio -o tasks.json
    """
    from locbao.predict.writing.part_files import open_output
    from locbao.predict.writing.rows import json_line
    from locbao.train.annotate import label_studio, spreadsheet
    from locbao.train.corpus.corpus_files import expanded, rows
    from locbao.train.corpus.labelled_pages import read_corpus

    _check_new(output)
    paths = expanded(files)
    count = len(read_corpus(paths))  # raises what is wrong with them
    corpus_rows = (row for path in paths for _, row in rows(path))
    with open_output(output) as file:
        if format is ExchangeFormat.TSV:
            file.writelines(spreadsheet.table(corpus_rows))
        else:
            for number, task in enumerate(label_studio.tasks(corpus_rows)):
                file.write(b",\n" if number else b"[\n")
                file.write(json_line(task).rstrip(b"\n"))
            file.write(b"\n]\n")
    say(f"Pages written: {count}, in {output}")
    if format is ExchangeFormat.LABEL_STUDIO:
        say(f"Labelling configuration: {label_studio.CONFIGURATION}")


@corpus.command("import")
def import_pages(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the other tool has written.")],
    output: OutputOption,
    format: Annotated[
        ExchangeFormat, typer.Option(help="What FILE is: an export of Label Studio as JSON, or a table.")
    ],
    annotator: Annotated[
        str | None,
        typer.Option(metavar="WHO", help="Of several annotators in Label Studio, the one whose labels to take."),
    ] = None,
) -> None:
    """Write a corpus with the labels that were given in another tool.

    The rows are those that were exported, with all their fields. Labels are taken as they are: check the new corpus
    with locbao corpus check.

    \b
        locbao corpus import exported.json --format label-studio -o mine.jsonl
    """
    from locbao.train.annotate import label_studio, spreadsheet
    from locbao.train.corpus.corpus_files import CorpusError

    if annotator and format is ExchangeFormat.TSV:
        raise typer.BadParameter("--annotator is for --format label-studio.")
    _check_corpus(output)
    tabled = format is ExchangeFormat.TSV
    imported = spreadsheet.table_rows(file) if tabled else label_studio.annotated_rows(file, annotator)
    nothing = CorpusError(str(file), "holds no page", "Give what the other tool exported.")
    count = _write_corpus(output, imported, otherwise=nothing)
    say(f"Pages imported: {count}, in {output}")


@corpus.command()
def check(
    files: LabelledArgument,
    against: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The same pages labelled by somebody else: tell how far the two agree."),
    ] = None,
    by_model: Annotated[
        bool, typer.Option("--by-model", help="Suspect also labels that a model contradicts with certainty.")
    ] = False,
    model: ModelOption = None,
) -> None:
    """Name all faults of a corpus at once, and what is probably a mistake.

    A fault is what training refuses: the exit code is then 1. Suspected are labels that contradict the guideline
    (docs/labelling.md), two labels for a line that stands twice in a row, pages that stand twice and, with --by-model,
    labels to which the model gives a probability under 0.02. A suspicion may be wrong, and changes no exit code.

    \b
        locbao corpus check mine.jsonl
        locbao corpus check mine.jsonl --against yours.jsonl
    """
    import locbao
    from locbao.train.annotate.mistakes import suspicions
    from locbao.train.corpus.corpus_files import expanded
    from locbao.train.corpus.labelled_pages import pages_and_faults, read_corpus

    if model and not by_model:
        raise typer.BadParameter("--model is for --by-model.")
    standard_output()
    pages, faults = pages_and_faults(expanded(files))
    suspected = list(suspicions(pages, locbao.load(model) if by_model else None))
    for line in (*faults, *suspected):
        typer.echo(str(line))
    if against:
        from locbao.train.annotate.agreement import agreement

        typer.echo(str(agreement(pages, read_corpus([against]), against)))
    say(f"Pages without fault: {len(pages)}; faults: {len(faults)}; suspected mistakes: {len(suspected)}")
    if faults:
        raise typer.Exit(Exit.NOTHING_DONE)


def _pages(inputs: list[str], rejected: "list[Rejected]") -> "Iterator[Input]":
    """The pages of the inputs; those that cannot be used, or whose id stood before, go to `rejected`."""
    from locbao.predict.reading.inputs import Reader
    from locbao.predict.reading.items import Rejected

    sources: dict[str, Source] = {}
    for page in Reader(inputs).pages():
        if isinstance(page, Rejected):
            fault = page
        else:
            first = sources.setdefault(str(page.id), page.source)
            if first is page.source:
                yield page
                continue
            fault = Rejected(page.source, f"The id {page.id!r} stands already at {first}")
        rejected.append(fault)
        say(f"{fault}.")


def _write_corpus(output: Path, rows: Iterable[dict[str, Any]], *, otherwise: LocbaoError) -> int:
    """Writes the rows, and tells how many; without any it raises `otherwise`, and no file is written."""
    from locbao.predict.writing.part_files import open_output
    from locbao.predict.writing.rows import json_line

    count = 0
    with open_output(output) as file:
        for row in rows:
            file.write(json_line(row))
            count += 1
        if not count:
            raise otherwise
    return count


def _no_page(inputs: list[str]) -> LocbaoError:
    from locbao.predict.reading.inputs import UnreadableInput

    return UnreadableInput(" ".join(inputs), "has no page that can be used", "See what was said of each above.")


def _end(rejected: "list[Rejected]") -> None:
    if rejected:
        say(f"Inputs rejected: {len(rejected)}")
        raise typer.Exit(Exit.SOME_QUARANTINED)


def _check_corpus(path: Path) -> None:
    if path.suffix != ".jsonl":
        raise typer.BadParameter(f"-o {path}: a corpus is a file of JSON Lines, so give a name that ends in .jsonl.")
    _check_new(path)


def _check_new(path: Path) -> None:
    from locbao.predict.writing.part_files import UnwritableOutput

    if path.exists():
        what = "is there already, and might hold somebody's labels"
        raise UnwritableOutput(path, what, "Give another name for -o, or move it away.")
