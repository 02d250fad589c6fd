"""Reports with Markdown tables on a terminal: the tables set to its width."""

import re
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from locbao.rendering.terminal import printable

if TYPE_CHECKING:
    from rich.table import Table

_WORD = 16  # letters of the longest word that is not broken
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
    textual = [any(map(str.isalpha, "".join(row[place] for row in body))) for place in range(len(header))]
    for interval, gap in ((r" \1", 2), (r"\n\1", 2), ("", 2), ("", 1)):
        cells = [[_INTERVAL.sub(interval, cell) for cell in row] for row in body]
        least, whole = [], []
        for place, (name, text) in enumerate(zip(header, textual, strict=True)):
            lines = [line for row in cells for line in row[place].split("\n")]
            words = [word for line in lines for word in (line.split() if text or not interval else [line])]
            least.append(max(min(max(map(len, words), default=0), _WORD if text else 99), *map(len, name.split()), 1))
            whole.append(max(map(len, (name, *lines))))
        room = width - sum(least) - gap * (len(least) - 1)
        if room >= 0:
            break
    padding = (0, gap - 1, 0, 0)  # the box has a space of its own between two columns
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", padding=padding, pad_edge=False, show_edge=False)
    if not interval and cells != body:
        table.caption = "without the 95 % intervals, for which the terminal is too narrow"
    wanted = sum(whole) - sum(least)
    for name, text, low, high in zip(header, textual, least, whole, strict=True):
        size = high if room >= wanted else low + max(room, 0) * (high - low) // wanted
        table.add_column(name, justify="left" if text else "right", width=size, overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table
