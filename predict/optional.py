"""What depends on where locbao runs: libraries that only some work needs, and how many cores there are."""

import os
from importlib import import_module
from typing import Any

from locbao.features.errors import LocbaoError


class MissingLibrary(LocbaoError):
    """A library that only some work needs is not installed: `library`."""

    def __init__(self, library: str, purpose: str, instead: str = "") -> None:
        super().__init__(f"{purpose} needs {library}, which is not installed. Try: pip install {library}{instead}")
        self.library = library


def need(library: str, purpose: str, *, package: str = "", instead: str = ", or use .jsonl.gz.") -> Any:
    """The module `library` (a submodule by its dotted name), which a kind of file needs, or `purpose`.

    Raises MissingLibrary; `purpose` opens its sentence, and `instead`, what to do without the library, ends it.
    `package`: what to install, where it has another name than the module.
    """
    try:
        return import_module(library)
    except ImportError:
        raise MissingLibrary(package or library.partition(".")[0], purpose, instead) from None


def cores() -> int:
    """The cores that this process may use, which can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
