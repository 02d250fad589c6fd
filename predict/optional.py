"""Libraries that only some formats need, imported when such a file is read or written."""

from importlib import import_module
from typing import Any

from locbao.features.errors import LocbaoError


class MissingExtra(LocbaoError):
    """A library that a file needs is not installed: `library`."""

    def __init__(self, library: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs {library}, which is not installed. Try: pip install 'locbao[batch]', or use .jsonl.gz."
        )
        self.library = library


def need(library: str, purpose: str) -> Any:
    """The module `library` (a submodule by its dotted name). Raises MissingExtra; `purpose` opens its sentence."""
    try:
        return import_module(library)
    except ImportError:
        raise MissingExtra(library.partition(".")[0], purpose) from None
