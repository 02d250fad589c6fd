"""How the modules of this folder that are run as commands end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from locbao.features.errors import LocbaoError


@contextmanager
def foreseen() -> Iterator[None]:
    """Ends the process with a message and exit code 1 where an error is one that can happen, not with a trace."""
    try:
        yield
    except LocbaoError as error:
        sys.exit(f"Error: {error}")
