"""Reports with Markdown tables on a terminal: the tables set to its width."""

import re
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from locbao.rendering.terminal import printable

if TYPE_CHECKING:
    from rich.table import Table

_TEXT = 24  # columns that a column of text is given at least, if it has as many
_INTERVAL = re.compile(r" (\[[^]]*\])")


def print_report(text: str) -> None:
    """Prints a message on standard output: its tables drawn to fit a terminal, or as it is to a pipe or file."""
    if not (sys.stdout and sys.stdout.isatty()):
        print(text)
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    for tabular, lines in groupby(printable(text).split("\n"), lambda line: line.startswith("|")):
        if tabular:
            console.print(_table([[cell.strip() for cell in line[2:-2].split(" | ")] for line in lines], console.width))
        else:
            console.print("\n".join(lines), soft_wrap=True)


def _table(rows: list[list[str]], width: int) -> "Table":
    """From the cells of header, ruler and rows; where they need room, intervals stand below figures or nowhere."""
    from rich import box
    from rich.table import Table

    header, _, *body = rows
    textual = [any(map(str.isalpha, "".join(column))) for column in zip(*body, strict=True)]
    for interval, gap in ((r" \1", 2), (r"\n\1", 2), ("", 2), ("", 1)):
        cells = [[_INTERVAL.sub(interval, cell) for cell in row] for row in body]
        longest = [
            max(len(line) for cell in column for line in cell.split("\n")) for column in zip(*cells, strict=True)
        ]
        least = [min(size, _TEXT) if text else size for size, text in zip(longest, textual, strict=True)]
        least = [max(size, *map(len, name.split(" "))) for size, name in zip(least, header, strict=True)]
        if sum(least) + gap * (len(least) - 1) <= width:
            break
    padding = (0, gap - 1, 0, 0)  # the box has a space of its own between two columns
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", padding=padding, pad_edge=False, show_edge=False)
    if not interval and cells != body:
        table.caption = "without the 95 % intervals, for which the terminal is too narrow"
    for name, text, size in zip(header, textual, least, strict=True):
        table.add_column(name, justify="left" if text else "right", width=None if text else size, overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table
