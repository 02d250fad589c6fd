"""Where experiments leave their tables, and the rows of the ones that can go on after being cut off."""

import json
from pathlib import Path
from typing import Any

RESULTS = Path("experiments/results")  # seen from the checkout's root, where the experiments are run

STYLES = ("main", "full", "article")  # cuts of the labelled pages that tables show

Row = dict[str, Any]


def write_table(name: str, text: str) -> None:
    """Prints a table and writes it as `NAME.md`."""
    print(text)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text + "\n", encoding="utf-8")


def finished(name: str) -> list[Row]:
    """The rows of an experiment so far."""
    path = RESULTS / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def keep(name: str, row: Row) -> None:
    """Adds a finished row."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    with (RESULTS / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
