"""Files that are still there, and under their names, after a power cut."""

import os
from pathlib import Path


def replace(part: Path, target: Path) -> None:
    """Renames a file so that it survives a power cut under its new name."""
    with part.open("r+b") as file:
        os.fsync(file.fileno())
    part.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder last; Windows opens no folders."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
