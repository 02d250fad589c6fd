"""How far a batch is: a bar in a terminal, a line every few seconds in a log, nothing when that is wanted."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from locbao.cli.console import say
from locbao.features.amounts import counted, duration

if TYPE_CHECKING:
    from rich.progress import Progress

    from locbao.predict.batch.checkpoint import Checkpoint
    from locbao.predict.batch.run import Watch

_LOG_EVERY = 10.0  # seconds
_AGAIN = 0.01  # fall of the share read that no rounding makes


class Pace:
    """Rate and time left, counted from the first time it is asked, and anew where the pages begin a second time."""

    def __init__(self) -> None:
        self._start: tuple[float, int, float] | None = None  # time, pages and share then
        self._share = 0.0

    def tell(self, pages: int, share: float | None) -> str:
        """`1,200 pages, 800/s, 34 %, 2 min left`: as much of it as can be said."""
        now = monotonic()
        if self._start is None or (share is not None and share < self._share - _AGAIN):
            self._start = now, pages, share or 0.0
        self._share = share or 0.0
        start, pages_before, share_before = self._start
        seconds = now - start
        facts = [counted(pages, "page")]
        if seconds > 0:
            facts.append(f"{(pages - pages_before) / seconds:,.0f}/s")
        if share is not None:
            facts.append(f"{100 * share:.0f} %")
            if share > share_before:
                facts.append(f"{duration(seconds * (1 - share) / (share - share_before))} left")
        return ", ".join(facts)


@contextmanager
def progress(*, shown: bool) -> "Iterator[Watch]":
    """Gives a function to call after every batch, which shows how far it is."""
    if not shown or not sys.stderr:
        yield lambda state, share: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

        columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            yield _move(bar, Pace())
    else:
        yield _log(Pace())


def _move(bar: "Progress", pace: Pace) -> "Watch":
    task = bar.add_task("loading the model", total=None)

    def watch(state: "Checkpoint", share: float | None) -> None:
        total = None if share is None else 1.0
        bar.update(task, total=total, completed=share or 0.0, description=pace.tell(state.pages, share))

    return watch


def _log(pace: Pace) -> "Watch":
    due = 0.0

    def watch(state: "Checkpoint", share: float | None) -> None:
        nonlocal due
        line, now = pace.tell(state.pages, share), monotonic()
        if due and now >= due:
            say(line)
        if now >= due:  # the first time too: how long the model took to load is no news
            due = now + _LOG_EVERY

    return watch
