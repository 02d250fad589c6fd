"""What an unfinished run has done so far, in a small file beside its output: `OUT.part.journal`.

The first line tells which run it is: inputs, settings, model. Each further line is a checkpoint: everything it counts
was made to last on the disk before the line was written. A line that a power cut tore is as good as not written.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from locbao.features.errors import LocbaoError
from locbao.predict.atomic_files import sync_folder


class Unfinished(LocbaoError):
    """An earlier run to the same output was not finished, and this one is not meant to go on with it."""

    def __init__(self, part: Path) -> None:
        super().__init__(
            f"{part}: an earlier run was not finished. The same command with --resume goes on with it; to begin anew, "
            f"remove {part}*"
        )
        self.part = part


class OtherRun(LocbaoError):
    """What is to be resumed is another run than this one; `differs` lists how, a sentence each."""

    def __init__(self, part: Path, differs: list[str]) -> None:
        super().__init__(
            f"{part} cannot be resumed, since it was begun differently: {'; '.join(differs)}. Give the same inputs, "
            f"settings and model as then; to begin anew, remove {part}*"
        )
        self.part, self.differs = part, differs


class Busy(LocbaoError):
    """Another process is writing the same output."""

    def __init__(self, journal: Path) -> None:
        super().__init__(f"{journal}: another run is writing this output. Wait for it, or give another name for -o.")
        self.journal = journal


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a run has come.

    `items`: pages read, usable or not. `pages`: labelled. `output`, `errors`: positions in the two part files.
    `last`: fingerprint of the last item. `first`: the first rejected page, for the message at the end.
    `complete`: nothing is left but to rename.
    """

    items: int = 0
    pages: int = 0
    rejected: int = 0
    output: int = 0
    errors: int = 0
    last: str = ""
    first: str = ""
    complete: bool = False


class Journal:
    """The journal of one run, locked against other processes until `close`.

    `found`: the checkpoints of the run when it was opened, the last one first.
    Raises Unfinished, OtherRun, Busy, and OSError.
    """

    def __init__(self, path: Path, part: Path, run: Mapping[str, Any], *, resume: bool) -> None:
        self.path = path
        self.found: list[Checkpoint] = []
        self._file = path.open("a+b")
        try:
            _lock(self._file.fileno(), path)
            self._open(part, run, resume)
        except BaseException:
            self._file.close()
            raise

    def _open(self, part: Path, run: Mapping[str, Any], resume: bool) -> None:
        self._file.seek(0)
        *lines, torn = self._file.read().split(b"\n")
        header, *rows = map(_read, lines or [b""])
        self.found = [Checkpoint(**row) for row in reversed(rows) if _is_checkpoint(row)]
        if not self.found:  # nothing to resume, so nothing to lose
            self._file.truncate(0)
            self._append(run)
            sync_folder(self.path.parent)
        elif not resume:
            raise Unfinished(part)
        else:
            _check(header, run, part)
            self._file.truncate(self._file.tell() - len(torn))

    def add(self, checkpoint: Checkpoint) -> None:
        """Writes a checkpoint, to last."""
        self._append(asdict(checkpoint))

    def _append(self, row: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(row).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()

    def discard(self) -> None:
        """Removes the journal: the run is finished, or has done nothing."""
        self.path.unlink(missing_ok=True)
        self._file.close()


def _lock(handle: int, path: Path) -> None:
    with suppress(ImportError, OSError):  # Windows and some network drives do without
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(path) from None


def _read(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def _is_checkpoint(row: Mapping[str, Any]) -> bool:
    return row.keys() == {field.name for field in fields(Checkpoint)}


def _check(begun: Mapping[str, Any], run: Mapping[str, Any], part: Path) -> None:
    names = [name for name in {**begun, **run} if begun.get(name) != run.get(name)]
    if names:
        raise OtherRun(part, [_difference(name, begun.get(name), run.get(name)) for name in names])


def _difference(name: str, before: Any, now: Any) -> str:
    if isinstance(before, list) and isinstance(now, list):
        gone, new = [each for each in before if each not in now], [each for each in now if each not in before]
        before, now = (gone, new) if gone or new else (before, now)
    return f"{name}: {json.dumps(before, ensure_ascii=False)} then, {json.dumps(now, ensure_ascii=False)} now"
