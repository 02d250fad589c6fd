"""What measurements share: how studies are run, and where their rows and tables go.

Each study is a module with a function `run` that its command line is made of: its arguments are the options.

    python -m locbao.experiments.studies.ROOM.NAME --help
"""

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from locbao.features.errors import LocbaoError
from locbao.predict.optional import MissingLibrary
from locbao.train.evaluation.tables import table

Corpus = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[CORPUS…]", help="Labelled pages, or articles with topics; else the examples of locbao."),
]
Pages = Annotated[Path, typer.Option(help="Labelled pages of the styles main and full.")]
Material = Annotated[list[Path] | None, typer.Option(help="As in `locbao train lines`.")]
Config = Annotated[Path | None, typer.Option(help="A configuration of `locbao train lines`.")]
Jobs = Annotated[int, typer.Option(help="Models fitted side by side.")]
Kinds = Annotated[list[str] | None, typer.Argument(metavar="[KIND…]", help="Names of kinds; else all.")]
Results = Annotated[Path, typer.Option(help="Folder that the tables are written into.")]

_RECORDED = Path(__file__).parent / "results"  # in a checkout; the wheel has none
RESULTS = _RECORDED if _RECORDED.is_dir() else Path("experiments/results")
"""Where rows and tables are kept: in the checkout that runs, wherever it is called from; without one, below the working
directory."""

_PACKAGES = {"readability": "readability-lxml"}  # where the module's name is another


def start(study: Callable[..., None], about: str | None) -> None:
    """Runs a study from the command line; `about` is its help, of which the first paragraph is shown.

    An error that can be foreseen ends the process with its message and exit code 1, not with a trace.
    """
    command = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    command.command(help=(about or "").split("\n\n")[0])(study)
    try:
        command()
    except LocbaoError as error:
        sys.exit(f"Error: {error}")


def tool(module: str) -> Any:
    """The module of a tool that is measured beside locbao. Raises MissingLibrary."""
    try:
        return import_module(module)
    except ImportError:
        library = module.partition(".")[0]
        raise MissingLibrary(_PACKAGES.get(library, library), "The comparison") from None


def versions(*packages: str) -> str:
    """`package version, …`."""
    return ", ".join(f"{package} {version(package)}" for package in packages)


def row_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number and text of every row in a file of JSON Lines; none where there is no such file."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return ((number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip())


def append(path: Path, row: Mapping[str, Any]) -> None:
    """Adds a row to a file of JSON Lines, and waits until it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


class Measurements:
    """Measurements in a file of results, `NAME.jsonl`: those that are finished are kept if the others are cut off."""

    def __init__(self, name: str, results: Path) -> None:
        self._path = results / f"{name}.jsonl"

    def rows(self) -> list[dict[str, Any]]:
        """All that are finished so far."""
        return [json.loads(line) for _, line in row_lines(self._path)]

    def keep(self, **row: Any) -> None:
        """Adds a finished one, and waits until it is on the disk."""
        append(self._path, row)


def write_table(name: str, text: str, results: Path = RESULTS) -> None:
    """Prints a table and writes it as `NAME.md`."""
    print(text)
    results.mkdir(parents=True, exist_ok=True)
    (results / f"{name}.md").write_text(text + "\n", encoding="utf-8")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table to reckon with."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def document(*parts: str) -> str:
    """Markdown of headings, paragraphs and tables."""
    return "\n\n".join(part.strip() for part in parts)


def records(rows: Iterable[Mapping[str, object]]) -> str:
    """A Markdown table of rows that give a value for each column, all in the same order."""
    cells = [[*row.items()] for row in rows]
    return table([column for column, _ in cells[0]], [[value for _, value in row] for row in cells])
