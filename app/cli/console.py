"""How every command speaks to the terminal and ends: messages on standard error, exit codes, no traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum

import typer

from locbao.features.errors import LocbaoError
from locbao.rendering.terminal import printable


class Exit(IntEnum):
    """The exit codes; 2, wrong usage, is typer's own."""

    NOTHING_DONE = 1
    SOME_QUARANTINED = 3
    UNTRACKED = 3  # done as well, and again not all of it
    INTERRUPTED = 130
    CLOSED_PIPE = 141  # 128 + SIGPIPE, what a shell reports for other tools
    TERMINATED = 143  # 128 + SIGTERM


@contextmanager
def one_message() -> Iterator[None]:
    """Turns every foreseen failure of a command into one message and its exit code."""
    try:
        yield
        if sys.stdout:
            sys.stdout.flush()
    except KeyboardInterrupt as error:
        _say_with_notes("Interrupted.", error)
        raise typer.Exit(Exit.INTERRUPTED) from None
    except LocbaoError as error:
        _say_with_notes(f"Error: {error}", error)
        raise typer.Exit(Exit.NOTHING_DONE) from None
    except BrokenPipeError:
        _abandon_stdout()
        raise typer.Exit(Exit.CLOSED_PIPE) from None
    except OSError as error:
        _abandon_stdout()
        where = f"{error.filename}: " if error.filename else ""
        what = f"Error: {where}{error.strerror or error}. Check the path, its permissions and the space left."
        _say_with_notes(what, error)
        raise typer.Exit(Exit.NOTHING_DONE) from None


def say(message: str) -> None:
    """A line for the user on standard error, safe for a terminal."""
    if sys.stderr:
        print(printable(message), file=sys.stderr, flush=True)


def _say_with_notes(message: str, error: BaseException) -> None:
    """The message, and what was said of the error on its way, such as how to resume (PEP 678)."""
    say("\n".join([message, *getattr(error, "__notes__", [])]))


def _abandon_stdout() -> None:
    """Points standard output at nothing, or the interpreter would complain about it once more when it ends."""
    with suppress(OSError, AttributeError):  # what was printed before something else failed is to be read
        sys.stdout.flush()
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
