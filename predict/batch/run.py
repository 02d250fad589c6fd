"""Batch prediction: read, label in other processes, write in order, and lose nothing on the way.

    inputs → Reader → batches → Pool of workers → OUT.part and its quarantine → OUT, OUT.errors.jsonl

The journal beside OUT.part says how much of it is sure to be on the disk; a run that resumes cuts off the rest. With
site memory all inputs are read once before (predict/batch/site_counts.py).
"""

import importlib.metadata
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import gettempdir

from locbao.features.amounts import counted
from locbao.features.errors import LocbaoError
from locbao.predict.batch.checkpoint import CannotResume, Checkpoint, ResumableRun, StreamedRun, fingerprint
from locbao.predict.batch.job import TIMEOUT, Done, Load, Work, label_carefully, load_for
from locbao.predict.batch.likeness import unlikeness
from locbao.predict.batch.site_counts import learn, place_for_counts
from locbao.predict.batch.workers import Pool
from locbao.predict.reading.batches import batches
from locbao.predict.reading.inputs import READABLE, Reader
from locbao.predict.reading.items import Item, Rejected, size
from locbao.predict.writing.part_files import is_special, named

Watch = Callable[[Checkpoint, float | None], object]
"""Is told after every batch how far the run is, and the share of the input that was read, if that is known."""


class NothingLabelled(LocbaoError):
    """Every input was rejected."""


class StrictRunEnded(LocbaoError):
    """A strict run met its first page that cannot be used."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished batch: how many pages were labelled and rejected, where the rejected ones are listed and the first of
    them, what lay beside pages in folders and was not read, in what the pages are unlike usual ones, if they are, and
    which fields to keep no page has a value for.

    Raises NothingLabelled if no page was labelled.
    """

    labelled: int
    rejected: int
    place: str
    first: str = ""
    left_out: str = ""
    unlike: str = ""
    never_kept: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.labelled:
            first = f"; the first one: {self.first}" if self.first else ""
            raise NothingLabelled(
                f"No page was labelled. Inputs rejected: {self.rejected}, {self.place}{first}. What is read: "
                f'{READABLE}; UTF-8 text, one block of the page a line; of rows the fields "id" and "text", "html" or '
                '"markdown", which have other names with --id-field, --text-field, --html-field and --markdown-field.'
            )


class Here:
    """Labels in this process. A page that kills it or never ends takes the run with it."""

    def __init__(self, load: Load, work: Work) -> None:
        self._model, self._work = load(), work

    def model(self) -> str:
        """The signature of the model."""
        return self._model.signature

    def label_all(self, batches: Iterable[list[Item]]) -> Iterator[tuple[list[Item], Done]]:
        """Each batch with its answer, in order."""
        for batch in batches:
            yield batch, label_carefully(partial(self._work.label, self._model), batch)


@dataclass(frozen=True, slots=True)
class Run:
    """A batch to predict.

    `jobs`: processes that label; 1 is this one, unless there is a `timeout`, the seconds that a page may take: another
    process can be ended, this one cannot. Without one, other processes give a page TIMEOUT seconds.
    `strict`: end at the first page that cannot be used. `resume`: go on with the run that broke off.
    """

    inputs: Sequence[str]
    work: Work
    load: Load
    jobs: int = 1
    timeout: float | None = None
    strict: bool = False
    resume: bool = False

    def __call__(self, watch: Watch, tell: Callable[[Rejected], None]) -> Summary:
        """Predicts; `tell` takes the rejected pages where there is no output file.

        A run that cannot be finished leaves a note on its exception (PEP 678) if it can be resumed.

        Raises:
            UnreadableInput, UnwritableOutput: before anything is done.
            CannotResume: a run that broke off keeps the output from being begun, or cannot be gone on with.
            NothingLabelled, StrictRunEnded: see there.
            NoSitePart, NoSites: site memory is asked for, but the model or the inputs cannot have it.
            UnknownTopic: a threshold is of a topic that the model does not know.
            WorkersFailed, OSError, and what loading the model raises.
        """
        reader = Reader(self.inputs, self.work.options, outputs=self.work.output.files)
        with place_for_counts(self.work.options) as memory, self._labelling(memory) as labelling:
            run = self._begun(labelling.model(), tell)
            try:
                if not run.state.complete:
                    if memory:
                        counts = learn(reader, watch)
                        with named(Path(gettempdir())):
                            counts.save(memory)
                    for batch, done in labelling.label_all(batches(self._remaining(reader, run.state), size)):
                        if self.strict and done.rejected:
                            hint = "With --strict the first such page ends the run; without it the rest goes on."
                            raise StrictRunEnded(f"{done.rejected[0]}. {hint}")
                        run.add(batch, done)
                        watch(run.state, reader.fraction)
                run.finish()
            except BaseException as error:
                kept = run.abandon()
                if kept.items:
                    where = f"Kept: {counted(kept.pages, 'page')}, in {self.work.output.part}."
                    error.add_note(f"{where} The same command with --resume goes on from there.")
                raise
        left_out = ", ".join(f"{kind} {count:,}" for kind, count in sorted(reader.left_out.items()))
        state, unlike = run.state, unlikeness(run.state.signs)
        never_kept = tuple(name for name in self.work.options.keep if name not in state.kept)
        return Summary(state.pages, state.rejected, run.place, state.first, left_out, unlike, never_kept)

    @contextmanager
    def _labelling(self, memory: Path | None) -> Iterator[Here | Pool]:
        work = replace(self.work, memory=memory)
        load = partial(load_for, self.load, work.thresholds, site_memory=memory is not None)
        if self.jobs == 1 and self.timeout is None:
            yield Here(load, work)
        else:
            with Pool(load, work, self.jobs, self.timeout or TIMEOUT) as pool:
                yield pool

    def _begun(self, model: str, tell: Callable[[Rejected], None]) -> StreamedRun | ResumableRun:
        output = self.work.output
        if output.path is None or is_special(output.path):
            return StreamedRun(output, tell)
        # What has to be the same for a resumed run to give the same output. The number of processes has not.
        identity = {
            "locbao": importlib.metadata.version("locbao"),
            "model": model,
            "format": str(output.format),
            **asdict(self.work.options),
            "keep": ",".join(self.work.options.keep),
            "caption_odds": self.work.caption_odds,
            "thresholds": ", ".join(f"{topic}={value}" for topic, value in sorted(self.work.thresholds.items())),
            "inputs": [_described(name) for name in self.inputs],
        }
        return ResumableRun(output, identity, resume=self.resume)

    def _remaining(self, reader: Reader, state: Checkpoint) -> Iterator[Item]:
        """The items after those that `state` counts. Raises CannotResume if the last of these is not what it was."""
        if not state.items:
            return reader.items()
        items = reader.items(skip=state.items - 1)
        last = next(items, None)
        now = fingerprint(last) if last else "missing"
        if now != state.last:
            part = self.work.output.part
            raise CannotResume(
                part,
                f"cannot be resumed, since the inputs have changed: page {state.items:,} was {state.last} then and is "
                f"{now} now (where it stands, and the checksum of what it holds)",
                f"Give the same inputs; to begin anew, remove {part}*",
            )
        return items


def _described(name: str) -> str:
    """An input with what tells that it is unchanged; of a folder, only the name is known without reading it through."""
    if name == "-" or os.path.isdir(name):
        return name
    status = os.stat(name)
    changed = datetime.fromtimestamp(status.st_mtime_ns / 1e9, UTC)
    return f"{name} ({status.st_size:,} bytes, of {changed:%Y-%m-%d %H:%M:%S.%f} UTC)"
