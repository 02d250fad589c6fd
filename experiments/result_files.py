"""Where experiments and studies leave what they came to: rows as JSON Lines, tables as Markdown."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

_RECORDED = Path(__file__).parent / "results"  # in a checkout; the wheel has none
RESULTS = _RECORDED if _RECORDED.is_dir() else Path("experiments/results")
"""Where rows and tables are kept: in the checkout that runs, wherever it is called from; without one, below the working
directory."""

PLAN_RESULTS = RESULTS / "plans"
"""Where what plans came to is kept, unless another folder is given."""

Results = Annotated[Path, typer.Option(help="Folder that the tables are written into.")]
"""The option of a study."""


def row_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number and text of every row in a file of JSON Lines; none where there is no such file."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return ((number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip())


def finished(path: Path) -> list[dict[str, Any]]:
    """The measurements that were appended to a file of JSON Lines so far: what was cut off goes on after them."""
    return [json.loads(line) for _, line in row_lines(path)]


def append(path: Path, row: Mapping[str, Any]) -> None:
    """Adds a row to a file of JSON Lines, and waits until it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def write_table(name: str, text: str, results: Path = RESULTS) -> None:
    """Prints a table and writes it as `NAME.md`."""
    print(text)
    results.mkdir(parents=True, exist_ok=True)
    (results / f"{name}.md").write_text(text + "\n", encoding="utf-8")
