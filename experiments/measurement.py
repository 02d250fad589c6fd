"""What measurements share: their command line, the tools they are set against, and how their documents are written.

Each study is a module with a function `run` that its command line is made of: its arguments are the options.

    python -m locbao.experiments.studies.ROOM.NAME --help
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from locbao.features.errors import LocbaoError
from locbao.predict.optional import need
from locbao.train.evaluation.tables import table

Corpus = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[CORPUS…]", help="Labelled pages, or articles with topics; else the examples of locbao."),
]
Pages = Annotated[Path, typer.Option(help="Labelled pages of the styles main and full.")]
Material = Annotated[list[Path] | None, typer.Option(help="As in `locbao train lines`.")]
Config = Annotated[Path | None, typer.Option(help="A configuration of `locbao train lines`.")]
Jobs = Annotated[int, typer.Option(help="Models fitted side by side.")]
ModelFolder = Annotated[str | None, typer.Option(help="Model folder; without it, the shipped model.")]
Kinds = Annotated[list[str] | None, typer.Argument(metavar="[KIND…]", help="Names of kinds; else all.")]

_PACKAGES = {"readability": "readability-lxml"}  # where the module's name is another


def start(study: Callable[..., None], about: str | None) -> None:
    """Runs a study from the command line; `about` is its help, of which the first paragraph is shown.

    An error that can be foreseen, such as a file that is not there, ends the process with its message and exit code 1,
    not with a trace.
    """
    command = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    command.command(help=(about or "").split("\n\n")[0])(study)
    try:
        command()
    except (LocbaoError, OSError) as error:
        sys.exit(f"Error: {error}")


def chosen(names: Iterable[str] | None, kinds: Iterable[str]) -> list[str]:
    """The names that were given, or all kinds. Raises LocbaoError for a name that is no kind's."""
    if unknown := sorted({*(names or ())} - {*kinds}):
        raise LocbaoError(f"There is no kind {unknown[0]!r}. Give one of: {'; '.join(kinds)}.")
    return list(names or kinds)


def tool(module: str) -> Any:
    """The module of a tool that is measured beside locbao. Raises MissingLibrary."""
    return need(module, "The comparison", package=_PACKAGES.get(module, ""), instead="")


def versions(*packages: str) -> str:
    """`package version, …`."""
    return ", ".join(f"{package} {version(package)}" for package in packages)


def document(*parts: str) -> str:
    """Markdown of headings, paragraphs and tables."""
    return "\n\n".join(part.strip() for part in parts)


def records(rows: Iterable[Mapping[str, object]]) -> str:
    """A Markdown table of rows that give a value for each column, all in the same order; "–" for no row."""
    cells = [[*row.items()] for row in rows]
    if not cells:
        return "–"
    return table([column for column, _ in cells[0]], [[value for _, value in row] for row in cells])
