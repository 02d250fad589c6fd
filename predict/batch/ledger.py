"""Where finished batches go: to a file, with a journal that makes the run resumable, or straight through a pipe."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, Protocol
from zlib import crc32

from locbao.predict.atomic_files import sync_folder
from locbao.predict.batch.checkpoint import Checkpoint, Journal
from locbao.predict.batch.job import Done, Item
from locbao.predict.reading.inputs import Raw, Rejected
from locbao.predict.writing.outputs import Output
from locbao.predict.writing.quarantine import Quarantine, quarantine_of
from locbao.predict.writing.writers import Writer, named

_EVERY = 1.0  # seconds between checkpoints: what a crash may cost, against waiting for the disk


class Ledger(Protocol):
    """Takes batches in order. `state` counts what it has; `place` says where the rejected pages are found."""

    state: Checkpoint
    place: str

    def add(self, batch: Sequence[Item], done: Done) -> None:
        """Writes a batch. Raises OSError."""

    def finish(self) -> None:
        """Puts everything into its place. Raises OSError."""

    def abandon(self) -> Checkpoint:
        """Lets go of a run that was not finished; where it can be resumed."""


class Passing:
    """Straight to standard output, a pipe or a device; rejected pages go to `tell`."""

    def __init__(self, output: Output, tell: Callable[[Rejected], None]) -> None:
        self.state, self.place = Checkpoint(), "listed above"
        self._writer, self._tell = output.open(), tell

    def add(self, batch: Sequence[Item], done: Done) -> None:
        for rejected in done.rejected:
            self._tell(rejected)
        self._writer.write(done.chunk)
        self._writer.checkpoint()
        self.state = _counted(self.state, batch, done)

    def finish(self) -> None:
        self._writer.finish()

    def abandon(self) -> Checkpoint:
        with suppress(OSError):
            self._writer.close()
        return Checkpoint()


class Kept:
    """Into a file: OUT.part, its quarantine and its journal, put into place by `finish`.

    `run` identifies the run to resume. Raises what `Journal` raises, and OSError.
    """

    def __init__(self, output: Output, run: Mapping[str, Any], *, resume: bool) -> None:
        assert output.path
        assert output.part
        self._output, self._part = output, output.part
        # Where OUT is a link, its quarantine stands beside the link, which can be another disk than that of OUT.part.
        self._errors = quarantine_of(output.path)
        self._errors_part = quarantine_of(output.path.with_name(output.part.name))
        self.place = f"in {self._errors}"
        self._part.parent.mkdir(parents=True, exist_ok=True)
        self._journal = Journal(self._part.with_name(f"{self._part.name}.journal"), self._part, run, resume=resume)
        held = _size(self._part), _size(self._errors_part)
        self.state = next((found for found in self._journal.found if _stands(found, *held)), Checkpoint())
        self._safe = self.state  # what the journal says
        self._last: Item | None = None
        self._whole = True  # whether the files hold what `state` counts, all of it and nothing else
        self._next = monotonic() + _EVERY
        self._writer: Writer | None = None
        self._quarantine: Quarantine | None = None
        try:
            self._open()
        except BaseException:
            self.abandon()
            raise

    def _open(self) -> None:
        # Of a run that broke off while its files were put into place, some may be there already.
        if not self.state.complete or self._part.exists():
            self._writer = self._output.open(self.state.output)
        if not self.state.complete or self._errors_part.exists():
            self._quarantine = Quarantine(self._errors, self._errors_part, self.state.errors)

    def add(self, batch: Sequence[Item], done: Done) -> None:
        assert self._writer
        assert self._quarantine
        with named(self._part):
            self._whole = False
            self._writer.write(done.chunk)
            self._quarantine.add(done.rejected)
            self.state, self._last = _counted(self.state, batch, done), batch[-1]
            self._whole = True
            if monotonic() >= self._next:
                self._checkpoint()
                self._next = monotonic() + _EVERY

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
        with named(self._part):
            self._finish()

    def _finish(self) -> None:
        if not self.state.complete:
            self._checkpoint(complete=True)
        if self._writer and self.state.pages:
            self._writer.finish()
        elif self._writer:
            self._writer.close()
            self._part.unlink()
        if self._quarantine:
            self._quarantine.finish()
        sync_folder(self._part.parent)
        self._journal.discard()

    def abandon(self) -> Checkpoint:
        with suppress(OSError):
            if self._writer and self._quarantine and self._whole and not self.state.complete:
                self._checkpoint()
        for file in (self._writer, self._quarantine):
            with suppress(OSError):
                if file:
                    file.close()
        if self._safe.items:
            self._journal.close()
        else:  # nothing to come back for
            for remove in (self._part.unlink, self._errors_part.unlink, self._journal.discard):
                with suppress(OSError):
                    remove()
        return self._safe


def fingerprint(item: Item) -> str:
    """What tells an item from others that might stand in its place when a run is resumed."""
    content = item.data if isinstance(item, Raw) else item.reason.encode(errors="surrogatepass")
    return f"{item.source} {crc32(content):08x}"


def _counted(state: Checkpoint, batch: Sequence[Item], done: Done) -> Checkpoint:
    return replace(
        state,
        items=state.items + len(batch),
        pages=state.pages + done.pages,
        rejected=state.rejected + len(done.rejected),
        first=state.first or (str(done.rejected[0]) if done.rejected else ""),
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _stands(found: Checkpoint, output: int, errors: int) -> bool:
    """Whether a checkpoint can be gone back to, given the bytes that the two files hold."""
    return found.complete or (found.output <= output and found.errors <= errors)
