"""Model folders that mean harm: what `locbao.load` does with each, and what plain joblib does with the same parts.

    python -m locbao.experiments.studies.hostile.hostile_models

A child process spoils a copy of the shipped model, another one loads it, and a third loads its part `lines` with
`joblib.load`; each has ten seconds and two gigabytes. Writes `hostile_models.md`.
"""

import multiprocessing
import os
import resource
import shutil
import signal
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import joblib

from locbao.experiments.measurement import Kinds, chosen, document, records, start, versions
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.experiments.studies.hostile.folders import GROUPS, KINDS, MARK
from locbao.experiments.timing import peak_megabytes
from locbao.features.errors import LocbaoError
from locbao.predict.load import SHIPPED, load

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["locbao.experiments.studies.hostile.hostile_models"])
_SECONDS, _BYTES = 10, 2 * 2**30


class Attempt(NamedTuple):
    """What a child did: `what`, in `seconds`; its memory grew by `megabytes` at most; `ran` if code of a folder did."""

    what: str
    seconds: float
    megabytes: float
    ran: bool


def in_child(work: Callable[[Path], object], place: Path) -> Attempt:
    """Works on a place in a process of its own, which is ended after ten seconds."""
    ours, theirs = _CONTEXT.Pipe()
    child = _CONTEXT.Process(target=_work, args=(work, place, theirs))
    child.start()
    theirs.close()
    began = perf_counter()
    try:
        what, seconds, megabytes = ours.recv() if ours.poll(_SECONDS) else ("goes on after 10 s", float(_SECONDS), 0.0)
    except EOFError:
        child.join()
        what, seconds, megabytes = f"died of {signal.Signals(-(child.exitcode or 0)).name}", perf_counter() - began, 0.0
    child.kill()
    child.join()
    return Attempt(what, seconds, megabytes, place.with_name(MARK).exists())


def _work(work: Callable[[Path], object], place: Path, answer: Any) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    before, began = peak_megabytes(), perf_counter()
    try:
        work(place)
        what = "loaded"
    except LocbaoError:
        what = "refused"
    except BaseException as error:  # whatever a part raises
        what = f"raised {type(error).__name__}"
    answer.send((what, perf_counter() - began, peak_megabytes() - before))
    os._exit(0)


def _spoil(kind: str, folder: Path) -> None:
    KINDS[kind](folder)


def _by_joblib(folder: Path) -> None:
    joblib.load(folder / "lines.joblib")


def run(kinds: Kinds = None, results: Results = RESULTS / "hostile") -> None:
    """Tries the kinds, and writes the tables. Raises LocbaoError."""
    rows: list[tuple[str, Attempt, Attempt | None]] = []
    for kind in chosen(kinds, KINDS):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "model")
            shutil.copytree(SHIPPED, folder)
            in_child(partial(_spoil, kind), folder)
            ours = in_child(load, folder)
            rows.append((kind, ours, in_child(_by_joblib, folder) if kind.startswith(("call", "bomb")) else None))
    write_table("hostile_models", _tables(rows, in_child(load, SHIPPED)), results)


def _tables(rows: list[tuple[str, Attempt, Attempt | None]], sound: Attempt) -> str:
    groups = []
    for group, about in GROUPS.items():
        if attempts := [attempt for kind, attempt, _ in rows if kind.partition(",")[0] == group]:
            groups.append(
                {
                    "folders with": about,
                    "kinds": len(attempts),
                    "refused": sum(attempt.what == "refused" for attempt in attempts),
                    "code run": sum(attempt.ran for attempt in attempts),
                    "slowest, s": f"{max(attempt.seconds for attempt in attempts):.2f}",
                    "most MB more": f"{max(attempt.megabytes for attempt in attempts):.0f}",
                }
            )
    pickles = [
        {
            "part `lines`": kind,
            "locbao.load": "ran its code" if ours.ran else ours.what,
            "s": f"{ours.seconds:.2f}",
            "MB": f"{ours.megabytes:.0f}",
            "joblib.load": "ran its code" if theirs.ran else theirs.what,
            "its s": f"{theirs.seconds:.2f}",
            "its MB": f"{theirs.megabytes:.0f}",
        }
        for kind, ours, theirs in rows
        if theirs
    ]
    about_pickles = (
        f"The hostile pickles among them, by `locbao.load` and by plain `joblib.load` ({versions('joblib')}):"
    )
    return document(
        "Hostile model folders, each loaded by `locbao.load` in a process of its own. MB is how much the memory of the "
        f"process grew at its peak; the shipped model takes {sound.megabytes:.0f} MB and {sound.seconds:.2f} s.",
        records(groups),
        *([about_pickles, records(pickles)] if pickles else []),
    )


if __name__ == "__main__":
    start(run, __doc__)
