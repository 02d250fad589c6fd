"""Labelling in other processes: each loads the model once, and none can take the run down with it.

One thread of this process drives one worker over a pipe of its own, so a worker that dies or hangs holds no lock and
no queue that another one needs. Workers are spawned, never forked: a fork copies the threads' locks in any state.

Written by hand because no library does it all: concurrent.futures gives up every process when one dies; pebble ends a
single one that hangs, but does not say which process takes a task, so a new process cannot be put to the test.
"""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import LifoQueue
from threading import Event, Lock, Thread
from typing import Any, Self, TypeVar, cast

from locbao.features.errors import LocbaoError
from locbao.predict.batch.job import Done, Load, Lost, Work, label_carefully
from locbao.predict.reading.items import Item, Raw, Source
from locbao.predict.reading.markup import Markup

Answer = TypeVar("Answer")

SPAWN = get_context("spawn")
"""How processes are started."""

_AHEAD = 2  # batches in the making for each worker: one in its hands, one to hand over at once
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_STARTING = Lock()
_TRIES = 3  # to label a good page: something can kill a process or two by chance
_GOOD = Raw(Source("a good page"), "<p>Sáng nay, bà con ba bản đã ra nương từ sớm.</p>".encode(), Markup.HTML, 0)


class WorkersFailed(LocbaoError):
    """Worker processes do not start, are lost whatever the page, or have another model than at the start."""


class OutOfTime(LocbaoError):
    """A call took longer than it may, or ended its process."""


class Worker:
    """A process with the model in it, started when it is first needed and again after it was lost.

    `timeout`: seconds for the answer to a batch, or to a page that is asked for alone.
    """

    def __init__(self, load: Load, work: Work, timeout: float) -> None:
        self._load, self._work, self._timeout = load, work, timeout
        self._process: BaseProcess | None = None
        self._connection: Connection[Any, Any] | None = None
        self._closed = Event()
        self._lost = False  # the last process
        self.model = ""

    def start(self) -> None:
        """Starts the process unless it runs, and waits until the model is loaded; `model` is then its signature.

        Raises WorkersFailed, and whatever LocbaoError loading the model raises.
        """
        if self._connection:
            return
        if self._closed.is_set():
            raise WorkersFailed("The worker process was stopped.")
        self._connection, theirs = SPAWN.Pipe()
        process = SPAWN.Process(target=_serve, args=(theirs, self._load, self._work), daemon=True)
        with _settings_to_inherit():
            process.start()
        theirs.close()
        self._process = process
        if self._closed.is_set():  # by `close`, which has not seen this process
            process.kill()
        try:
            greeting = self._connection.recv()
        except (EOFError, OSError):
            raise WorkersFailed(
                f"A worker process {self._end()} before it had loaded the model. Is there memory for it? Fewer workers "
                "need less: --jobs 1 without --timeout labels in the main process. In a program of your own, start the "
                'run below `if __name__ == "__main__":`, since a worker imports the main module.'
            ) from None
        if isinstance(greeting, LocbaoError):
            raise greeting
        if self.model and self.model != greeting:
            what = f"The model is another one than at the start: {self.model} became {greeting}"
            raise WorkersFailed(f"{what}. Put the first one back.")
        self.model = greeting

    def label(self, batch: Sequence[Item]) -> Done:
        """The worker's answer. Raises Lost, and what `start` raises.

        After a process was lost, the next one has to label a good page first, so that no page is held to be bad, and
        no million of them tried, where it is the machine or the installation. Raises WorkersFailed if none can.
        """
        for left in reversed(range(_TRIES if self._lost else 0)):
            try:
                self._ask([_GOOD])
                break
            except Lost as lost:
                if not left:
                    raise WorkersFailed(
                        f"Worker processes are lost whatever the page: {_TRIES} in a row at a sentence that is known "
                        f"to be good. {lost}. Is there memory for all of them? Fewer need less (--jobs 1). Does a "
                        "short page alone work, with `locbao predict PAGE --jobs 1`? If not, it is the installation."
                    ) from None
        return self._ask(batch)

    def _ask(self, batch: Sequence[Item]) -> Done:
        self.start()
        assert self._connection
        try:
            self._connection.send(batch)
            if not self._connection.poll(self._timeout):
                self._end(patience=0)
                raise Lost(f"The page is not labelled after {self._timeout:g} seconds (see --timeout)")
            answer = self._connection.recv()
        except (EOFError, OSError):
            raise Lost(f"The process that labels the page {self._end()}") from None
        self._lost = False
        if isinstance(answer, Lost):
            raise answer
        assert isinstance(answer, Done)
        return answer

    def _end(self, patience: float = 1) -> str:
        """Ends the process; how it ended, if it did so by itself within `patience` seconds."""
        assert self._process
        assert self._connection
        self._connection.close()
        self._connection, self._lost = None, True
        self._process.join(patience)
        self._process.kill()
        self._process.join()
        code = self._process.exitcode or 0
        return f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended with code {code}"

    def close(self) -> None:
        """Ends the process in the midst of whatever it does; called from another thread than `label`."""
        self._closed.set()
        if self._process:
            self._process.kill()

    def wait(self) -> None:
        """Returns when a closed worker's process is gone."""
        if self._process:
            self._process.join()


class Pool:
    """`jobs` workers. Used in a `with` statement, at whose end no process is left."""

    def __init__(self, load: Load, work: Work, jobs: int, timeout: float) -> None:
        self._workers = [Worker(load, work, timeout) for _ in range(jobs)]
        self._idle: LifoQueue[Worker] = LifoQueue()  # the last one used is the one that has a model already
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(jobs)

    def model(self) -> str:
        """The signature of the model; starts the first worker. Raises what `Worker.start` raises."""
        first = self._workers[-1]
        first.start()
        for worker in self._workers:
            worker.model = first.model
        return first.model

    def label_all(self, batches: Iterable[list[Item]]) -> Iterator[tuple[list[Item], Done]]:
        """Each batch with its answer, in order; reads no further ahead than the workers need."""
        waiting: deque[tuple[list[Item], Future[Done]]] = deque()
        for batch in batches:
            waiting.append((batch, self._threads.submit(self._label, batch)))
            while waiting and (len(waiting) > _AHEAD * len(self._workers) or waiting[0][1].done()):
                first, answer = waiting.popleft()
                yield first, answer.result()
        for first, answer in waiting:
            yield first, answer.result()

    def _label(self, batch: list[Item]) -> Done:
        worker = self._idle.get()
        try:
            return label_carefully(worker.label, batch)
        finally:
            self._idle.put(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.close()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.wait()


def in_time(call: Callable[[], Answer], seconds: float) -> Answer:
    """What `call` returns, made in a process that is ended after so many seconds, its start included.

    Raises OutOfTime, and the LocbaoError that the call raises.
    """
    ours, theirs = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=_answer, args=(theirs, call), daemon=True)
    with _settings_to_inherit():
        process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            raise OutOfTime(f"The page is not labelled after {seconds:g} seconds. Give it more: --timeout SECONDS.")
        answer = ours.recv()
    except EOFError:
        raise OutOfTime("The process that labels the page ended without an answer. Is there memory for it?") from None
    finally:
        process.kill()
        process.join()
    if isinstance(answer, LocbaoError):
        raise answer
    return cast(Answer, answer)


def _answer(connection: "Connection[Any, Any]", call: Callable[[], object]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        answer = call()
    except LocbaoError as error:
        answer = error
    connection.send(answer)


@contextmanager
def _settings_to_inherit() -> Iterator[None]:
    """A process started meanwhile computes in one thread, and never sees Ctrl-C, which a terminal sends to all.

    As many processes as cores are enough. The libraries look for the number of threads when they are loaded, which is
    before a worker runs a line of its own: so the environment says it.
    """
    mask_signals = getattr(signal, "pthread_sigmask", None)  # Windows has none
    with _STARTING:  # the environment is that of all threads
        before = {name: os.environ.get(name) for name in _THREADS}
        os.environ.update(dict.fromkeys(_THREADS, "1"))
        mask = mask_signals(signal.SIG_BLOCK, {signal.SIGINT}) if mask_signals else None
        try:
            yield
        finally:
            if mask_signals:
                mask_signals(signal.SIG_SETMASK, mask)
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _serve(connection: "Connection[Any, Any]", load: Load, work: Work) -> None:
    """The life of a worker: the model's signature, then an answer to each batch, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        try:
            model = load()
        except LocbaoError as error:
            connection.send(error)
            return
        connection.send(model.signature)
        while True:
            batch = connection.recv()
            try:
                answer: Done | Lost = work.label(model, batch)
            except Lost as lost:
                answer = lost
            connection.send(answer)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent
    parent.join()
    os._exit(1)
