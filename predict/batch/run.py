"""Batch prediction: read, label in other processes, write in order, and lose nothing on the way.

    inputs → Reader → batches → Pool of workers → OUT.part and its quarantine → OUT, OUT.errors.jsonl

The journal beside OUT.part says how much of it is sure to be on the disk; a run that resumes cuts off the rest. With
site memory all inputs are read once before (predict/batch/site_counts.py).
"""

import importlib.metadata
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from locbao.features.errors import LocbaoError
from locbao.predict.batch.checkpoint import Checkpoint
from locbao.predict.batch.job import TIMEOUT, Done, Item, Load, Work, batches, label_carefully
from locbao.predict.batch.ledger import Kept, Ledger, Passing, fingerprint
from locbao.predict.batch.site_counts import learn, place_for_counts, with_site_part
from locbao.predict.batch.workers import Pool
from locbao.predict.reading.inputs import READABLE, Reader, Rejected
from locbao.predict.writing.outputs import is_special, signature


class NothingLabelled(LocbaoError):
    """Every input was rejected: `rejected` of them, found in `place`; `first` is one of them, if that is known."""

    def __init__(self, rejected: int, place: str, first: str = "") -> None:
        shown = f"; the first one: {first}" if first else ""
        super().__init__(
            f"No page was labelled. Inputs rejected: {rejected}, {place}{shown}. What is read: {READABLE}; "
            'UTF-8 text, one block of the page a line; of rows the fields "id" and "text" or "html", which have other '
            "names with --id-field, --text-field and --html-field."
        )
        self.rejected, self.place, self.first = rejected, place, first


class Refused(LocbaoError):
    """A strict run met its first page that cannot be used."""

    def __init__(self, rejected: Rejected) -> None:
        super().__init__(f"{rejected}. With --strict the first such page ends the run; without it the rest goes on.")
        self.rejected = rejected


class InputsChanged(LocbaoError):
    """The inputs of a run to resume are not what they were when it broke off."""

    def __init__(self, number: int, before: str, now: str) -> None:
        super().__init__(
            f"The inputs have changed since the run broke off: page {number:,} was {before} then and is {now} now "
            "(where it stands, and the checksum of what it holds). Give the same ones; to begin anew, remove OUT.part*"
        )
        self.number, self.before, self.now = number, before, now


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished batch: how many pages were labelled and rejected, and where the rejected ones are listed."""

    labelled: int
    rejected: int
    place: str

    @classmethod
    def of(cls, labelled: int, rejected: int, place: str, first: str = "") -> "Summary":
        """Raises NothingLabelled if there is no page; `first` is the first rejected one."""
        if not labelled:
            raise NothingLabelled(rejected, place, first)
        return cls(labelled, rejected, place)


class Watch(Protocol):
    """Is told after every batch how far the run is, and the share of the input that was read, if that is known."""

    def __call__(self, state: Checkpoint, share: float | None) -> None: ...


class Labelling(Protocol):
    """Who labels: this process or others."""

    def model(self) -> str:
        """The signature of the model. Raises what loading it raises."""

    def label_all(self, batches: Iterable[list[Item]]) -> Iterator[tuple[list[Item], Done]]:
        """Each batch with its answer, in order."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *raised: Any) -> None: ...


class Here:
    """Labels in this process. A page that kills it or never ends takes the run with it."""

    def __init__(self, load: Load, work: Work) -> None:
        self._model, self._work = load(), work

    def model(self) -> str:
        """The signature of the model."""
        return signature(self._model.name, self._model.digest)

    def label_all(self, batches: Iterable[list[Item]]) -> Iterator[tuple[list[Item], Done]]:
        """Each batch with its answer, in order."""
        for batch in batches:
            yield batch, label_carefully(lambda items: self._work.label(self._model, items), batch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: type[BaseException] | BaseException | TracebackType | None) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Run:
    """A batch to predict.

    `jobs`: processes that label; 1 is this one. `timeout`: seconds for a page, kept where other processes label.
    `strict`: end at the first page that cannot be used. `resume`: go on with the run that broke off.
    """

    inputs: Sequence[str]
    work: Work
    load: Load
    jobs: int = 1
    timeout: float = TIMEOUT
    strict: bool = False
    resume: bool = False

    def __call__(self, watch: Watch, tell: Callable[[Rejected], None]) -> Summary:
        """Predicts; `tell` takes the rejected pages where there is no output file.

        A run that cannot be finished leaves a note on its exception (PEP 678) if it can be resumed.

        Raises:
            UnreadableInput, UnwritableOutput: before anything is done.
            Unfinished, OtherRun, Busy, InputsChanged: what keeps the output from being begun or resumed.
            NothingLabelled, Refused: see there.
            NoSitePart, NoSites: site memory is asked for, but the model or the inputs cannot have it.
            WorkerNotStarted, NothingWorks, ModelChanged, OSError, and what loading the model raises.
        """
        reader = Reader(self.inputs, self.work.options)
        with place_for_counts(self.work.options) as memory, self._labelling(memory) as labelling:
            ledger = self._ledger(labelling.model(), tell)
            try:
                if not ledger.state.complete:
                    if memory:
                        learn(reader, watch).save(memory)
                    self._go(reader, labelling, ledger, watch)
                ledger.finish()
            except BaseException as error:
                self._note(error, ledger.abandon())
                raise
        state = ledger.state
        return Summary.of(state.pages, state.rejected, ledger.place, state.first)

    def _labelling(self, memory: Path | None) -> Labelling:
        work = replace(self.work, memory=memory)
        load = partial(with_site_part, self.load) if memory else self.load
        return Here(load, work) if self.jobs == 1 else Pool(load, work, self.jobs, self.timeout)

    def _ledger(self, model: str, tell: Callable[[Rejected], None]) -> Ledger:
        output = self.work.output
        if output.path is None or is_special(output.path):
            return Passing(output, tell)
        return Kept(output, self._identity(model), resume=self.resume)

    def _go(self, reader: Reader, labelling: Labelling, ledger: Ledger, watch: Watch) -> None:
        for batch, done in labelling.label_all(batches(_remaining(reader, ledger.state))):
            if self.strict and done.rejected:
                raise Refused(done.rejected[0])
            ledger.add(batch, done)
            watch(ledger.state, reader.fraction)

    def _identity(self, model: str) -> dict[str, Any]:
        """What has to be the same for a resumed run to give the same output. The number of processes has not."""
        return {
            "locbao": importlib.metadata.version("locbao"),
            "model": model,
            "format": str(self.work.output.format),
            **asdict(self.work.options),
            "inputs": [_described(name) for name in self.inputs],
        }

    def _note(self, error: BaseException, kept: Checkpoint) -> None:
        if kept.items:
            part = self.work.output.part
            error.add_note(f"Kept: {kept.pages} pages, in {part}. The same command with --resume goes on from there.")


def _remaining(reader: Reader, state: Checkpoint) -> Iterator[Item]:
    """The items after those that `state` counts. Raises InputsChanged if the last of these is not what it was."""
    if not state.items:
        return reader.items()
    items = reader.items(skip=state.items - 1)
    last = next(items, None)
    now = fingerprint(last) if last else "missing"
    if now != state.last:
        raise InputsChanged(state.items, state.last, now)
    return items


def _described(name: str) -> str:
    """An input with what tells that it is unchanged; of a folder, only the name is known without reading it through."""
    if name == "-" or os.path.isdir(name):
        return name
    status = os.stat(name)
    changed = datetime.fromtimestamp(status.st_mtime_ns / 1e9, UTC)
    return f"{name} ({status.st_size:,} bytes, of {changed:%Y-%m-%d %H:%M:%S.%f} UTC)"
