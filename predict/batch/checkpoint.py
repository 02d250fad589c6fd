"""How a run that breaks off can be gone on with: its output is a part file until the end, with a journal beside it.

The first line of the journal, `OUT.part.journal`, tells which run it is: inputs, settings, model. Each further line is
a checkpoint: everything it counts was made to last on the disk before the line was written. A line that a power cut
tore is as good as not written.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from time import monotonic
from typing import Any
from zlib import crc32

from locbao.features.errors import SourceError
from locbao.predict.batch.job import Done
from locbao.predict.reading.items import Item, Raw, Rejected
from locbao.predict.writing.atomic_files import sync_folder
from locbao.predict.writing.outputs import Output, check_output
from locbao.predict.writing.part_files import (
    UnwritableOutput,
    Writer,
    journal_of,
    named,
    open_part,
    quarantine_of,
    rejected_lines,
    settle_quarantine,
)

EVERY = 1.0
"""Seconds between checkpoints: what a crash may cost, against waiting for the disk."""


class CannotResume(SourceError):
    """A run that broke off stands in the way of this one, or is another one than is to be resumed."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a run has come.

    `items`: pages read, usable or not. `pages`: labelled. `output`, `errors`: positions in the two part files.
    `last`: fingerprint of the last item. `complete`: nothing is left but to rename. For the last messages: `first`,
    the first rejected page; `signs`, those of likeness.py; `kept`, how many pages have a value for each field to keep.
    """

    items: int = 0
    pages: int = 0
    rejected: int = 0
    output: int = 0
    errors: int = 0
    last: str = ""
    first: str = ""
    complete: bool = False
    signs: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)

    def after(self, batch: Sequence[Item], done: Done) -> "Checkpoint":
        """The counts once a batch is written as well."""
        return replace(
            self,
            items=self.items + len(batch),
            pages=self.pages + done.pages,
            rejected=self.rejected + len(done.rejected),
            first=self.first or (str(done.rejected[0]) if done.rejected else ""),
            signs=dict(Counter(self.signs) + done.signs),
            kept=dict(Counter(self.kept) + done.kept),
        )


class StreamedRun:
    """A run straight to standard output, a pipe or a device; rejected pages go to `tell`. It cannot be resumed.

    `state` counts what was written; `place` says where the rejected pages are found.
    """

    def __init__(self, output: Output, tell: Callable[[Rejected], None]) -> None:
        self.state, self.place = Checkpoint(), "listed above"
        self._writer, self._tell = output.open(), tell

    def add(self, batch: Sequence[Item], done: Done) -> None:
        """Writes a batch. Raises OSError."""
        for rejected in done.rejected:
            self._tell(rejected)
        self._writer.write(done.chunk)
        self._writer.checkpoint()
        self.state = self.state.after(batch, done)

    def finish(self) -> None:
        """Ends the output. Raises OSError."""
        self._writer.checkpoint()
        self._writer.close()

    def abandon(self) -> Checkpoint:
        """Lets go of a run that was not finished; nothing of it can be resumed."""
        with suppress(OSError):
            self._writer.close()
        return Checkpoint()


class ResumableRun:
    """A run into a file: OUT.part, its quarantine and its journal, put into place by `finish`.

    `state` and `place` are as in StreamedRun; at first `state` is where the run goes on. `identity` tells the run to
    resume from others. Raises what `Journal` raises, and OSError.
    """

    def __init__(self, output: Output, identity: Mapping[str, Any], *, resume: bool) -> None:
        assert output.path
        assert output.part
        self._output, self._part = output, output.part
        # Where OUT is a link, its quarantine stands beside the link, which can be another disk than that of OUT.part.
        self._errors = quarantine_of(output.path)
        self._errors_part = quarantine_of(output.path.with_name(output.part.name))
        self.place = f"in {self._errors}"
        self._part.parent.mkdir(parents=True, exist_ok=True)
        self._journal = Journal(self._part, identity, resume=resume)
        held = _size(self._part), _size(self._errors_part)
        self.state = next((point for point in self._journal.checkpoints if _is_held(point, *held)), Checkpoint())
        self._safe = self.state  # what the journal says
        self._last: Item | None = None
        self._whole = True  # whether the files hold what `state` counts, all of it and nothing else
        self._due = monotonic() + EVERY
        self._writer: Writer | None = None
        self._quarantine: Writer | None = None
        try:
            # Since it was looked at, another run may have filled the folder.
            check_output(output, (), resuming=resume, force=True)
            if not self.state.complete:
                self._writer = output.open(self.state.output)
                self._quarantine = open_part(self._errors_part, self.state.errors)
        except BaseException:
            self.abandon()
            raise

    def add(self, batch: Sequence[Item], done: Done) -> None:
        """Writes a batch. Raises OSError."""
        assert self._writer
        assert self._quarantine
        with named(self._part):
            self._whole = False
            self._writer.write(done.chunk)
            self._quarantine.write(rejected_lines(done.rejected))
            self.state, self._last = self.state.after(batch, done), batch[-1]
            self._whole = True
            if monotonic() >= self._due:
                self._checkpoint()
                self._due = monotonic() + EVERY

    def _checkpoint(self, *, complete: bool = False) -> None:
        assert self._writer
        assert self._quarantine
        self.state = replace(
            self.state,
            output=self._writer.checkpoint(),
            errors=self._quarantine.checkpoint(),
            last=fingerprint(self._last) if self._last else self.state.last,
            complete=complete,
        )
        self._journal.add(self.state)
        self._safe = self.state

    def finish(self) -> None:
        """Puts everything into its place. Raises OSError."""
        with named(self._part):
            if not self.state.complete:
                self._checkpoint(complete=True)
                self._close()
            # Of a run that broke off while its files were put into place, some may be there already.
            if self._part.exists() and self.state.pages:
                self._output.settle()
            self._part.unlink(missing_ok=True)
            if self._errors_part.exists():
                settle_quarantine(self._errors_part, self._errors)
            sync_folder(self._part.parent)
            self._journal.discard()

    def abandon(self) -> Checkpoint:
        """Lets go of a run that was not finished; where it can be resumed."""
        with suppress(OSError):
            if self._writer and self._quarantine and self._whole and not self.state.complete:
                self._checkpoint()
        with suppress(OSError):
            self._close()
        if self._safe.items:
            self._journal.close()
        else:  # nothing to come back for
            for remove in (self._part.unlink, self._errors_part.unlink, self._journal.discard):
                with suppress(OSError):
                    remove()
        return self._safe

    def _close(self) -> None:
        for writer in (self._writer, self._quarantine):
            if writer:
                writer.close()


def fingerprint(item: Item) -> str:
    """What tells an item from others that might stand in its place when a run is resumed."""
    content = item.data if isinstance(item, Raw) else item.reason.encode(errors="surrogatepass")
    return f"{item.source} {crc32(content):08x}"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _is_held(point: Checkpoint, output: int, errors: int) -> bool:
    """Whether a checkpoint can be gone back to, given the bytes that the two part files hold."""
    return point.complete or (point.output <= output and point.errors <= errors)


class Journal:
    """The journal of one run, locked against other processes until `close`.

    `checkpoints`: those of the run when it was opened, the last one first. Raises CannotResume if an earlier run was
    not finished and `resume` is False, or if it was begun differently; UnwritableOutput if another process writes this
    output; and OSError.
    """

    def __init__(self, part: Path, identity: Mapping[str, Any], *, resume: bool) -> None:
        self.path = journal_of(part)
        while True:
            self._file = self.path.open("a+b")
            try:
                _lock(self._file.fileno(), self.path)
            except BaseException:
                self._file.close()
                raise
            # A run that ended in between has removed the file, and another one could open and lock a new one.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(self._file.fileno()), self.path.stat()):
                    break
            self._file.close()
        try:
            self._file.seek(0)
            *lines, torn = self._file.read().split(b"\n")
            header, *rows = map(_read, lines or [b""])
            self.checkpoints = [Checkpoint(**row) for row in reversed(rows) if _is_checkpoint(row)]
            if not self.checkpoints:  # nothing to resume, so nothing to lose
                self._file.truncate(0)
                try:
                    with named(self.path):
                        self._append(identity)
                except OSError:
                    self.path.unlink(missing_ok=True)
                    raise
                sync_folder(self.path.parent)
                return
            if not resume:
                hint = f"The same command with --resume goes on with it; to begin anew, remove {part}*"
                raise CannotResume(part, "an earlier run was not finished", hint)
            if different := _differences(header, identity):
                what = f"cannot be resumed, since it was begun differently: {'; '.join(different)}"
                hint = f"Give the same inputs, settings and model as then; to begin anew, remove {part}*"
                raise CannotResume(part, what, hint)
            self._file.truncate(self._file.tell() - len(torn))
        except BaseException:
            self.close()
            raise

    def add(self, checkpoint: Checkpoint) -> None:
        """Writes a checkpoint, to last."""
        self._append(asdict(checkpoint))

    def _append(self, row: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(row).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Lets go of the file."""
        with suppress(OSError):  # what a full disk did not take is tried once more
            self._file.close()

    def discard(self) -> None:
        """Removes the journal: the run is finished, or has done nothing."""
        self.path.unlink(missing_ok=True)
        self.close()


def _lock(handle: int, path: Path) -> None:
    with suppress(ImportError, OSError):  # Windows and some network drives do without
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            hint = "Wait for it, or give another name for -o."
            raise UnwritableOutput(path, "another run is writing this output", hint) from None


def _read(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def _is_checkpoint(row: Mapping[str, Any]) -> bool:
    return row.keys() == {field.name for field in fields(Checkpoint)}


def _differences(begun: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """In what the run as it was begun differs from the run now, a phrase for each setting."""
    names = [name for name in {**begun, **now} if begun.get(name) != now.get(name)]
    return [_difference(name, begun.get(name), now.get(name)) for name in names]


def _difference(name: str, before: Any, now: Any) -> str:
    if isinstance(before, list) and isinstance(now, list):
        gone, new = [each for each in before if each not in now], [each for each in now if each not in before]
        before, now = (gone, new) if gone or new else (before, now)
    return f"{name}: {json.dumps(before, ensure_ascii=False)} then, {json.dumps(now, ensure_ascii=False)} now"
