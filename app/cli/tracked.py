"""What a command that trains or tries out has to do with the tracker of its runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from locbao.cli.console import Exit, say

if TYPE_CHECKING:
    from locbao.train.tracking.run import Tracker


@contextmanager
def tracking(uri: str | None, *, off: bool, registered: str = "locbao") -> "Iterator[Tracker]":
    """The tracker of the store at `uri`, or none. Raises typer.Exit in the end if not everything could be tracked."""
    from locbao.train.tracking.open import open_tracker
    from locbao.train.tracking.run import Tracker

    tracker = Tracker() if off else open_tracker(uri, registered=registered, tell=say)
    yield tracker
    if tracker.failed:
        raise typer.Exit(Exit.UNTRACKED)
