"""Batch prediction: order, flat reading, pages and processes that fail, and what is left behind."""

import json
import multiprocessing
import os
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from locbao.predict.batch.job import Done, Lost, label_carefully
from locbao.predict.batch.run import NothingLabelled, StrictRunEnded
from locbao.predict.batch.workers import WorkersFailed
from locbao.predict.reading.batches import PAGES_AT_ONCE, SIZE, batches
from locbao.predict.reading.inputs import UnreadableInput
from locbao.predict.reading.items import Item, Raw, ReadOptions, Rejected, Source, size
from locbao.predict.reading.markup import Markup
from tests.predict.batch import troubled_model
from tests.predict.batch.batch_runs import do, errors, ids, pages, rows, run_for

pytestmark = pytest.mark.usefixtures("quick_workers")


def left_running() -> list[str]:
    """Names of the engine's processes; those that joblib keeps for other tests do not count."""
    names = [process.name for process in multiprocessing.active_children()]
    return [name for name in names if not name.startswith("Loky")]


def raw(number: int, size: int = 10) -> Raw:
    return Raw(Source("a.jsonl", number), b"x" * size, Markup.AUTO, number)


def test_a_batch_ends_by_number_and_by_size() -> None:
    assert [len(batch) for batch in batches(map(raw, range(2 * PAGES_AT_ONCE + 1)), size)] == [
        PAGES_AT_ONCE,
        PAGES_AT_ONCE,
        1,
    ]
    large: list[Item] = [raw(1), raw(2, SIZE), raw(3, 2 * SIZE), Rejected(Source("b"), "empty"), raw(4)]
    assert [len(batch) for batch in batches(large, size)] == [2, 1, 2]


def test_batches_are_the_same_from_any_of_their_ends_on() -> None:
    items = [raw(number, size) for number, size in enumerate([10, 600_000, 500_000, 10] * 40)]
    whole = list(batches(items, size))
    done = 0
    for place, batch in enumerate(whole):
        assert list(batches(items[done:], size)) == whole[place:]
        done += len(batch)


def test_the_pages_that_are_lost_alone_are_rejected_and_the_others_asked_together() -> None:
    asked: list[int] = []

    def ask(batch: list[Item]) -> Done:
        asked.append(len(batch))
        if any(item.source.row in (3, 5) for item in batch if isinstance(item, Raw)):
            raise Lost("it was killed")
        usable = [item for item in batch if isinstance(item, Raw)]
        return Done(b"%d;" % len(usable), len(usable), tuple(item for item in batch if isinstance(item, Rejected)))

    given: list[Item] = [*map(raw, range(4)), Rejected(Source("b"), "The page is empty"), raw(5), raw(6)]
    done = label_carefully(ask, given)  # type: ignore[arg-type]
    assert (done.chunk, done.pages) == (b"4;", 4)
    assert list(map(str, done.rejected)) == [
        "a.jsonl:3: it was killed",
        "b: The page is empty",
        "a.jsonl:5: it was killed",
    ]
    assert asked == [7, *[1] * 7, 7]


def test_pages_that_are_too_much_together_are_taken_one_by_one() -> None:
    def ask(batch: list[Item]) -> Done:
        if len(batch) > 1:
            raise Lost("it was killed")
        return Done(b"x", 1)

    assert label_carefully(ask, [raw(1), raw(2)]) == Done(b"xx", 2)  # type: ignore[arg-type]


@pytest.mark.parametrize("jobs", [1, 3])
def test_order_is_kept_and_the_number_of_processes_changes_nothing(tmp_path: Path, jobs: int) -> None:
    texts = [text + ("\nSLOW" if number % 50 == 0 else "") for number, text in enumerate(pages(300))]
    given = rows(tmp_path / "in.jsonl", [*texts, ""])
    out = tmp_path / f"{jobs}.jsonl"
    seen: list[int] = []
    done, _ = do(run_for(given, out, jobs=jobs), lambda state, share: seen.append(state.items))
    assert (done.labelled, done.rejected) == (300, 1)
    assert ids(out) == list(range(300))
    assert errors(out) == [(301, "The page is empty")]
    whole, rest = divmod(301, PAGES_AT_ONCE)
    assert [after - before for before, after in pairwise([0, *seen])] == [PAGES_AT_ONCE] * whole + [rest]
    again = tmp_path / "again.jsonl"
    do(run_for(given, again, jobs=1))
    assert again.read_bytes() == out.read_bytes()
    assert left_running() == []


def test_no_more_is_read_than_the_workers_need(tmp_path: Path) -> None:
    """A file that grows while it is read shows it: what is added late is still found."""
    given = rows(tmp_path / "in.jsonl", pages(20 * PAGES_AT_ONCE))
    added = False

    def watch(state: object, share: float | None) -> None:
        nonlocal added
        if not added:
            assert share is not None
            assert share < 0.7
            with given.open("a", encoding="utf-8") as file:
                file.write('{"id": "late", "text": "tin"}\n')
            added = True

    do(run_for(given, tmp_path / "out.jsonl", jobs=2), watch)
    assert ids(tmp_path / "out.jsonl")[-1] == "late"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_page_that_raises_is_quarantined(tmp_path: Path, jobs: int) -> None:
    given = rows(tmp_path / "in.jsonl", ["một", "RAISE", "hai"])
    do(run_for(given, tmp_path / "out.jsonl", jobs=jobs))
    assert ids(tmp_path / "out.jsonl") == [0, 2]
    assert errors(tmp_path / "out.jsonl") == [(2, "The page cannot be labelled (ValueError: no such page)")]


@pytest.mark.slow
def test_pages_that_kill_or_end_or_hang_their_process_are_quarantined(tmp_path: Path) -> None:
    texts = pages(3 * PAGES_AT_ONCE)
    texts[5], texts[40], texts[41], texts[60] = "DIE", "HANG", "EXIT", "DIE"
    given = rows(tmp_path / "in.jsonl", texts)
    out = tmp_path / "out.jsonl"
    done, _ = do(run_for(given, out, jobs=2, timeout=5))
    assert (done.labelled, done.rejected) == (3 * PAGES_AT_ONCE - 4, 4)
    assert ids(out) == [number for number in range(3 * PAGES_AT_ONCE) if number not in (5, 40, 41, 60)]
    assert errors(out) == [
        (6, "The process that labels the page was killed (SIGKILL)"),
        (41, "The page is not labelled after 5 seconds (see --timeout)"),
        (42, "The process that labels the page ended with code 7"),
        (61, "The process that labels the page was killed (SIGKILL)"),
    ]
    assert left_running() == []


def test_one_process_with_a_timeout_ends_a_page_that_hangs(tmp_path: Path) -> None:
    given = rows(tmp_path / "in.jsonl", ["một", "HANG", "hai"])
    do(run_for(given, tmp_path / "out.jsonl", jobs=1, timeout=1))
    assert ids(tmp_path / "out.jsonl") == [0, 2]
    assert errors(tmp_path / "out.jsonl") == [(2, "The page is not labelled after 1 seconds (see --timeout)")]
    assert left_running() == []


def test_a_process_that_is_killed_by_chance_costs_no_page_and_no_byte(tmp_path: Path) -> None:
    texts = pages(3 * PAGES_AT_ONCE)
    texts[40] += "\nONCE"
    given = rows(tmp_path / "in.jsonl", texts)
    for name in ("killed.jsonl.gz", "calm.jsonl.gz"):
        done, _ = do(run_for(given, tmp_path / name, jobs=2))
        assert (done.labelled, done.rejected) == (3 * PAGES_AT_ONCE, 0)
    assert (tmp_path / "killed.jsonl.gz").read_bytes() == (tmp_path / "calm.jsonl.gz").read_bytes()


def test_a_strict_run_ends_at_the_first_page_and_can_go_on_without(tmp_path: Path) -> None:
    given = rows(tmp_path / "in.jsonl", [*pages(2 * PAGES_AT_ONCE), "", *pages(10), ""])
    out = tmp_path / "out.jsonl"
    with pytest.raises(
        StrictRunEnded, match=rf"in\.jsonl:{2 * PAGES_AT_ONCE + 1}: The page is empty\. With --strict"
    ) as caught:
        do(run_for(given, out, jobs=2, strict=True))
    assert caught.value.__notes__ == [
        f"Kept: {2 * PAGES_AT_ONCE} pages, in {out}.part. The same command with --resume goes on from there."
    ]
    assert not out.exists()
    do(run_for(given, out, jobs=2, resume=True))
    assert len(ids(out)) == 2 * PAGES_AT_ONCE + 10
    assert len(errors(out)) == 2


@pytest.mark.parametrize("jobs", [1, 2])
def test_where_nothing_is_labelled_only_the_quarantine_is_left(tmp_path: Path, jobs: int) -> None:
    given = rows(tmp_path / "in.jsonl", ["", ""])
    out = tmp_path / "out.jsonl"
    out.write_text("old")
    with pytest.raises(NothingLabelled, match=r"Inputs rejected: 2, in .*; the first one: .*in\.jsonl:1: The page is"):
        do(run_for(given, out, jobs=jobs))
    assert out.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["in.jsonl", "out.jsonl", "out.jsonl.errors.jsonl"]


def test_a_quarantine_of_an_earlier_run_goes_with_its_output(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    do(run_for(rows(tmp_path / "a.jsonl", ["tin", ""]), out))
    assert len(errors(out)) == 1
    do(run_for(rows(tmp_path / "a.jsonl", ["tin"]), out))
    assert sorted(os.listdir(tmp_path)) == ["a.jsonl", "out.jsonl"]


def test_the_quarantine_of_a_link_stands_beside_the_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    out = tmp_path / "out.jsonl"
    out.symlink_to(tmp_path / "disk" / "real.jsonl")
    do(run_for(rows(tmp_path / "a.jsonl", ["tin", ""]), out))
    assert out.is_symlink()
    assert (len(ids(out)), len(errors(out))) == (1, 1)
    assert sorted(os.listdir(tmp_path)) == ["a.jsonl", "disk", "out.jsonl", "out.jsonl.errors.jsonl"]
    assert os.listdir(tmp_path / "disk") == ["real.jsonl"]


def test_without_a_file_the_rejected_pages_are_told(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    done, told = do(run_for(rows(tmp_path / "a.jsonl", ["tin", "", "tin"]), None, jobs=2))
    assert (done.labelled, [rejected.source.row for rejected in told]) == (2, [2])
    assert [json.loads(line)["id"] for line in capfdbinary.readouterr().out.splitlines()] == [0, 2]


def test_what_cannot_be_read_is_told_before_a_process_starts(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput):
        do(run_for(tmp_path / "none.txt", tmp_path / "out.jsonl", partial(troubled_model.die, tmp_path), jobs=2))


def test_a_model_that_cannot_be_loaded_ends_the_run(tmp_path: Path) -> None:
    from locbao.predict.load import load
    from locbao.predict.store.manifest import NotAModel

    given = rows(tmp_path / "in.jsonl", ["tin"])
    with pytest.raises(NotAModel, match="it does not exist"):
        do(run_for(given, tmp_path / "out.jsonl", partial(load, tmp_path / "none"), jobs=2))
    with pytest.raises(WorkersFailed, match="ended with code 9 before it had loaded the model"):
        do(run_for(given, tmp_path / "out.jsonl", partial(troubled_model.die, tmp_path), jobs=2))
    assert os.listdir(tmp_path) == ["in.jsonl"]


def test_a_model_that_is_replaced_meanwhile_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / "marks").mkdir()
    given = rows(tmp_path / "in.jsonl", ["tin"] * PAGES_AT_ONCE + ["DIE"])
    with pytest.raises(WorkersFailed, match="fake 000000000000 became fake 111111111111"):
        do(run_for(given, tmp_path / "out.jsonl", partial(troubled_model.other_each_time, tmp_path / "marks"), jobs=2))


def test_large_pages_are_rejected_by_their_options(tmp_path: Path) -> None:
    given = rows(tmp_path / "in.jsonl", ["tin", "x" * 101])
    do(run_for(given, tmp_path / "out.jsonl", jobs=2, options=ReadOptions(max_chars=100)))
    assert errors(tmp_path / "out.jsonl") == [(2, "The page has 101 characters, more than 100 (see --max-chars)")]
