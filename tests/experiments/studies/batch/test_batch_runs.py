"""The bench of batches: its pages, its bad rows, its measurements on small batches, and its tables."""

from pathlib import Path
from typing import Any

import pytest

from locbao.experiments.result_files import finished
from locbao.experiments.studies.batch import batch_breaks, batch_runs
from locbao.experiments.studies.batch.batch_breaks import NoDisk
from locbao.experiments.studies.batch.batch_pages import BAD, spoil, write_pages
from locbao.experiments.studies.batch.batch_runs import measures, memory_table, named, report, speed_table
from tests.support.tables import cells
from tests.support.training import one_core
from tests.support.village import real_page

PAGES = [real_page(number, "lang").lines for number in range(2)]


def test_pages_are_repeated_with_a_number_at_the_end_of_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "5.jsonl"
    write_pages(path, PAGES, 5)
    rows = finished(path)
    assert [row["id"] for row in rows] == [0, 1, 2, 3, 4]
    assert rows[0]["text"] == "\n".join(PAGES[0])
    assert rows[4]["text"].split("\n")[:2] == [f"{PAGES[0][0]} 2", ""]
    assert [path.name for path in tmp_path.iterdir()] == ["5.jsonl"]


def test_bad_rows_are_spread_over_the_file(tmp_path: Path) -> None:
    good, spoiled = tmp_path / "good.jsonl", tmp_path / "spoiled.jsonl"
    write_pages(good, PAGES, 100)
    expected = spoil(good, spoiled, 10)
    assert list(expected) == list(range(6, 100, 10))
    assert list(expected.values()) == [reason for _, reason in list(BAD.values())[:10]]
    before, after = good.read_bytes().splitlines(), spoiled.read_bytes().splitlines()
    assert [n for n, (one, two) in enumerate(zip(before, after, strict=True), 1) if one != two] == list(expected)


SPEEDS: list[dict[str, Any]] = [
    {"name": f"speed {turn} {name}", "pages": 100, "seconds": seconds}
    for turn, taken in enumerate([(1.0, 0.5, 2.0), (2.0, 1.0, 8.0), (1.0, 0.8, 2.0)])
    for name, seconds in zip(("1", "2", "trafilatura"), taken, strict=True)
]
MEMORY: list[dict[str, Any]] = [
    {"name": f"memory {jobs} {count}", "jobs": jobs, "pages": count, "seconds": 2.0, "peak": peak, "late": 80}
    for jobs in (1, 2)
    for count, peak in ((10, 100), (1000, 110))
]


def test_tables_take_ratios_within_a_turn() -> None:
    assert cells(speed_table(SPEEDS))[2:] == [
        ["1 process", "100 [50, 100]", "1.00 [1.00, 1.00]", "2.00 [2.00, 4.00]"],
        ["2 processes", "125 [100, 200]", "2.00 [1.25, 2.00]", "4.00 [2.50, 8.00]"],
        ["trafilatura, 2 processes", "50 [12, 50]", "0.50 [0.25, 0.50]", "1.00 [1.00, 1.00]"],
    ]
    assert cells(memory_table(MEMORY, (10, 1000)))[2:] == [
        [jobs, "100", "110", "80", "80", "1.100", "500"] for jobs in ("1", "2")
    ]


def test_the_report_counts_kills() -> None:
    kills = [
        {"name": f"kill {n}", "moments": [1, 5], "interrupted": 2, "kept": [0, 9], "temporary": n, "same": n == 0}
        for n in (0, 1)
    ]
    pairs = [{"name": f"pair {n}", "turned away": n == 0, "after": n == 1, "whole": True} for n in (0, 1)]
    disk = {"full": True, "said so": True, "kept": 9, "over earlier": True, "earlier kept": True, "temporary": 0}
    others = [{"name": "cold 0", "seconds": 0.654}, {"name": "bad rows", "bad": 1000, "others in order": True}]
    text = report([*SPEEDS, *MEMORY, *kills, *pairs, {"name": "disk 0", **disk, "same": False}, *others], (10, 1000))
    assert "to its end: 0.65 [0.65, 0.65] s." in text
    bad = text.split("## Bad rows\n\n")[1].split("\n\n")[0]
    assert cells(bad)[2:] == [["bad", "1,000"], ["others in order", "yes"]]
    for heading, row in {
        "Kills": ["2", "4", "4", "2", "1", "1"],
        "Two runs at once": ["2", "1", "1", "2"],
        "Full disks": ["1", "1", "1", "1", "1", "1", "1", "0"],
    }.items():
        assert cells(text.split(f"## {heading}\n\n")[1].split("\n\n")[1])[2:] == [row]
    assert [row["name"] for row in named(kills, r"kill \d")] == ["kill 0", "kill 1"]


@pytest.mark.slow
@one_core()  # a run is one process, not three
def test_measurements_of_small_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = {"SMALL": 20, "BROKEN_PAGES": 110, "LARGE": 40, "SPOILED": 100, "BAD_ROWS": 25, "BROKEN_ROWS": 25}
    for name, count in small.items():
        monkeypatch.setattr(batch_runs, name, count)
        if "ROWS" not in name:
            write_pages(tmp_path / f"{count}.jsonl", PAGES, count)
    chosen = measures(usual=lambda name: 1.0)
    bad = chosen["bad rows"](tmp_path)
    assert bad == {
        "kinds": 25,
        "bad": 25,
        "quarantined": 25,
        "right row and reason": 25,
        "labelled": 75,
        "others in order": True,
    }
    assert chosen["cold 0"](tmp_path)["seconds"] > 0
    memory = chosen["memory 1 20"](tmp_path)
    assert memory["pages"] == 20
    assert memory["peak"] >= memory["late"] > 0
    chosen["uninterrupted out/"](tmp_path)
    killed, together = chosen["kill 3"](tmp_path), chosen["pair 3"](tmp_path)
    assert killed["same"]
    assert killed["temporary"] == 0
    assert len(killed["moments"]) == len(killed["kept"]) == batch_breaks.KILLS
    assert together["whole"]
    assert together["turned away"] or together["after"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [6, 7])
@one_core()
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    for name, count in {"BROKEN_PAGES": 200, "BROKEN_ROWS": 25}.items():
        monkeypatch.setattr(batch_runs, name, count)
    write_pages(tmp_path / "200.jsonl", PAGES, 200)
    try:
        broken = measures(usual=lambda name: 1.0)[f"disk {number}"](tmp_path)
    except NoDisk as error:
        pytest.skip(str(error))
    assert broken["full"]
    assert broken["said so"]
    assert broken["same"]
    assert broken["earlier kept"] == broken["over earlier"]
