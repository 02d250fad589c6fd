"""Runs that break off: what they leave, what is refused, and that a resumed one gives the same bytes."""

import io
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from locbao.predict.batch.checkpoint import CannotResume, Checkpoint
from locbao.predict.batch.job import Done
from locbao.predict.batch.run import Run
from locbao.predict.reading.batches import PAGES_AT_ONCE
from locbao.predict.reading.items import ReadOptions, Rejected, Source
from locbao.predict.writing.outputs import Format
from locbao.predict.writing.part_files import UnwritableOutput
from tests.predict.batch.batch_runs import do, eight_batches, errors, ids, pages, run_for
from tests.predict.batch.troubled_model import loader, other_each_time

pytestmark = pytest.mark.usefixtures("quick_workers", "checkpoint_after_every_batch")


class Cut(Exception):
    """Stands for whatever ends a run."""


@pytest.fixture
def given(tmp_path: Path) -> Path:
    return eight_batches(tmp_path / "in.jsonl")


def cut_after(run: Run, batches: int) -> BaseException:
    """Breaks the run off when so many batches are written."""
    left = batches

    def watch(state: Checkpoint, share: float | None) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Cut

    with pytest.raises(Cut) as caught:
        do(run, watch)
    return caught.value


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.txt", "out.parquet"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_resumed_run_gives_the_same_bytes(tmp_path: Path, given: Path, name: str, jobs: int) -> None:
    format = Format.TEXT if name == "out.txt" else None
    whole, out = tmp_path / f"whole-{name}", tmp_path / name
    do(run_for(given, whole, format=format))
    for resume in (False, True, True):
        cut_after(run_for(given, out, format=format, jobs=jobs, resume=resume), 2)
        assert not out.exists()
    seen: list[int] = []
    done, _ = do(
        run_for(given, out, format=format, jobs=jobs, resume=True), lambda state, share: seen.append(state.items)
    )
    assert seen == [7 * PAGES_AT_ONCE, 8 * PAGES_AT_ONCE]
    assert (done.labelled, done.rejected) == (8 * PAGES_AT_ONCE - 3, 3)
    assert out.read_bytes() == whole.read_bytes()
    assert errors(out) == errors(whole)
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_of_files_is_resumed(tmp_path: Path, jobs: int) -> None:
    pages_in = tmp_path / "in"
    pages_in.mkdir()
    for number, text in enumerate(pages(3 * PAGES_AT_ONCE)):
        (pages_in / f"{number:03}.txt").write_text(text, encoding="utf-8")
    out = f"{tmp_path}/out/"
    cut_after(run_for(pages_in, out, jobs=jobs), 1)
    do(run_for(pages_in, out, jobs=jobs, resume=True))
    assert len(list((tmp_path / "out").iterdir())) == 3 * PAGES_AT_ONCE


def test_an_unfinished_run_is_neither_overwritten_nor_taken_for_another(tmp_path: Path, given: Path) -> None:
    out = tmp_path / "out.jsonl"
    note = cut_after(run_for(given, out), 3).__notes__
    assert note == [
        f"Kept: {3 * PAGES_AT_ONCE - 2} pages, in {out}.part. The same command with --resume goes on from there."
    ]
    with pytest.raises(
        CannotResume, match=r"out\.jsonl\.part: an earlier run was not finished\. The same command with"
    ):
        do(run_for(given, out))
    with pytest.raises(CannotResume, match=r"begun differently: max_chars: 5000000 then, 7 now\. Give the same"):
        do(run_for(given, out, resume=True, options=ReadOptions(max_chars=7)))
    with pytest.raises(CannotResume, match=r"begun differently: caption_odds: 1\.0 then, 3\.0 now"):
        do(run_for(given, out, resume=True, caption_odds=3.0))
    with pytest.raises(CannotResume, match=r'begun differently: thresholds: "" then, "border_security=0\.5" now'):
        do(run_for(given, out, resume=True, thresholds={"border_security": 0.5}))
    with pytest.raises(CannotResume, match='format: "jsonl" then, "text" now'):
        do(run_for(given, out, resume=True, format=Format.TEXT))
    (tmp_path / "marks").mkdir()
    (tmp_path / "marks" / "one").touch()
    with pytest.raises(CannotResume, match='model: "fake 000000000000" then, "fake 111111111111" now'):
        do(run_for(given, out, partial(other_each_time, tmp_path / "marks"), resume=True))
    os.utime(given, (0, 0))
    with pytest.raises(CannotResume, match=r'inputs: \["[^"]*in\.jsonl \([\d,]+ bytes, of 20.* of 1970-01-01 00:'):
        do(run_for(given, out, resume=True))


def test_a_folder_that_has_changed_is_noticed_where_the_run_broke_off(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(2 * PAGES_AT_ONCE):
        (folder / f"{number:03}.txt").write_text(f"tin {number}")
    out = tmp_path / "out.jsonl"
    cut_after(run_for(folder, out, loader(tmp_path)), 1)
    (folder / "0.txt").write_text("tin")
    then, now = f"{PAGES_AT_ONCE - 1:03}", f"{PAGES_AT_ONCE - 2:03}"
    changed = rf"page {PAGES_AT_ONCE} was .*{then}\.txt \w{{8}} then and is .*{now}\.txt \w{{8}} now"
    with pytest.raises(CannotResume, match=changed):
        do(run_for(folder, out, loader(tmp_path), resume=True))
    (folder / "0.txt").unlink()
    do(run_for(folder, out, loader(tmp_path), resume=True))
    assert len(ids(out)) == 2 * PAGES_AT_ONCE


def test_standard_input_is_resumed_when_it_is_given_again(
    tmp_path: Path, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stdin(data: bytes) -> Path:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return Path("-")

    out, data = tmp_path / "out.jsonl", given.read_bytes()
    cut_after(run_for(stdin(data), out, loader(tmp_path)), 3)
    with pytest.raises(CannotResume, match="and is missing now"):
        do(run_for(stdin(data[:1000]), out, loader(tmp_path), resume=True))
    do(run_for(stdin(data), out, loader(tmp_path), resume=True))
    do(run_for(given, tmp_path / "whole.jsonl"))
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_where_nothing_was_kept_nothing_is_left(tmp_path: Path, given: Path) -> None:
    class Stop(Exception):
        pass

    def load() -> Any:
        raise Stop

    with pytest.raises(Stop):
        do(run_for(given, tmp_path / "out.jsonl", load))
    (tmp_path / "other.jsonl.part").mkdir()
    with pytest.raises(OSError, match="directory"):
        do(run_for(given, tmp_path / "other.jsonl"))
    assert sorted(os.listdir(tmp_path)) == ["in.jsonl", "other.jsonl.part"]


def test_resuming_what_was_never_begun_begins_it(tmp_path: Path, given: Path) -> None:
    do(run_for(given, tmp_path / "out.jsonl", resume=True))
    assert len(ids(tmp_path / "out.jsonl")) == 8 * PAGES_AT_ONCE - 3


def append(path: Path, data: bytes) -> None:
    path.write_bytes(path.read_bytes() + data)


Damage = Callable[[Path, Path], object]
DAMAGES: dict[str, Damage] = {
    "bytes after the checkpoint": lambda part, journal: append(part, b'{"id": 1, "lin'),
    "a torn line in the journal": lambda part, journal: append(journal, b'{"items": 96, "pa'),
    "a journal that lost lines": lambda part, journal: journal.write_bytes(
        b"".join(journal.read_bytes().splitlines(keepends=True)[:3])
    ),
    "a journal without its end": lambda part, journal: journal.write_bytes(journal.read_bytes()[:-9]),
    "a journal of one torn line": lambda part, journal: journal.write_bytes(journal.read_bytes()[:9]),
    "garbage in the journal": lambda part, journal: append(journal, b'\xff\n[]\n{"items": 1}\n'),
    "a part file that lost its end": lambda part, journal: os.truncate(part, part.stat().st_size - 999),
    "a part file that is empty": lambda part, journal: os.truncate(part, 0),
    "a part file that is gone": lambda part, journal: part.unlink(),
    "a quarantine that lost its end": lambda part, journal: os.truncate(f"{part}.errors.jsonl", 9),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_a_power_cut_leaves_is_good_enough(tmp_path: Path, given: Path, damage: str) -> None:
    out = tmp_path / "out.jsonl"
    cut_after(run_for(given, out), 4)
    DAMAGES[damage](tmp_path / "out.jsonl.part", tmp_path / "out.jsonl.part.journal")
    cut_after(run_for(given, out, resume=True), 1)
    do(run_for(given, out, resume=True))
    do(run_for(given, tmp_path / "whole.jsonl"))
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert errors(out) == errors(tmp_path / "whole.jsonl")


def test_two_runs_do_not_write_the_same_output(tmp_path: Path, given: Path) -> None:
    out = tmp_path / "out.jsonl"

    def watch(state: Checkpoint, share: float | None) -> None:
        with pytest.raises(UnwritableOutput, match="another run is writing this output"):
            do(run_for(given, out, resume=True))

    do(run_for(given, out), watch)
    assert len(ids(out)) == 8 * PAGES_AT_ONCE - 3


def test_a_journal_that_is_removed_while_it_is_opened_locks_nobody_in(
    tmp_path: Path, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run ends between another run's opening of the journal and its lock: a third run must not get a lock as well."""
    import fcntl

    out, flock = tmp_path / "out.jsonl", fcntl.flock

    def late(handle: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        (tmp_path / "out.jsonl.part.journal").unlink()
        flock(handle, how)

    def watch(state: Checkpoint, share: float | None) -> None:
        with pytest.raises(UnwritableOutput, match="another run is writing this output"):
            do(run_for(given, out))

    monkeypatch.setattr(fcntl, "flock", late)
    do(run_for(given, out), watch)
    assert len(ids(out)) == 8 * PAGES_AT_ONCE - 3


def test_the_first_page_that_was_rejected_is_the_one_that_is_named() -> None:
    one, other = (Done(b"", 0, (Rejected(Source(name), "is empty"),)) for name in ("a.txt", "b.txt"))
    assert Checkpoint().after([], one).after([], other).first == "a.txt: is empty"


def test_a_torn_line_spoils_no_later_one(tmp_path: Path, given: Path) -> None:
    journal = tmp_path / "out.jsonl.part.journal"
    cut_after(run_for(given, tmp_path / "out.jsonl"), 4)
    DAMAGES["a torn line in the journal"](tmp_path / "out.jsonl.part", journal)
    cut_after(run_for(given, tmp_path / "out.jsonl", resume=True), 1)
    assert [json.loads(line)["items"] for line in journal.read_bytes().splitlines()[1:]][-1] == 5 * PAGES_AT_ONCE
