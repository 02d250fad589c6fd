"""The pages that could not be used, beside the output: `OUT.errors.jsonl`."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from locbao.predict.reading.inputs import Rejected


def quarantine_of(output: Path) -> Path:
    """Where the rejected pages of an output are found."""
    return output.with_name(f"{output.name}.errors.jsonl")


class Quarantine:
    """`{"file": …, "row": …, "reason": …}` a line; `row` is null where the whole file is meant.

    Written to `part` and renamed to `path` by `finish`; without a rejected page there is no file in the end, and the
    one of an earlier run is removed. `position`: bytes to keep of what a run that broke off has written.
    """

    def __init__(self, path: Path, part: Path, position: int = 0) -> None:
        self.path, self.part = path, part
        self._file = part.open("r+b" if position else "wb")
        self._file.truncate(position)
        self._file.seek(position)

    def add(self, rejected: Iterable[Rejected]) -> None:
        """Appends them."""
        self._file.write(b"".join(map(_line, rejected)))

    def checkpoint(self) -> int:
        """Makes what was added last on the disk; the position to go on from."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def finish(self) -> None:
        """Puts the file into its place, or removes it if it is empty."""
        empty = not self.checkpoint()
        self._file.close()
        if empty:
            self.path.unlink(missing_ok=True)
            self.part.unlink()
        else:
            self.part.replace(self.path)

    def close(self) -> None:
        """Lets go of the file and leaves it as it is."""
        self._file.close()


def _line(rejected: Rejected) -> bytes:
    row = {"file": rejected.source.file, "row": rejected.source.row, "reason": rejected.reason}
    return f"{json.dumps(row, ensure_ascii=False)}\n".encode(errors="backslashreplace")
