"""`locbao predict` on many pages as users meet it: what it says while it works, and when it cannot go on."""

import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from locbao.cli import progress
from locbao.cli.progress import Pace
from locbao.predict.batch.checkpoint import Checkpoint
from locbao.predict.reading.batches import PAGES_AT_ONCE
from tests.predict.batch.batch_runs import ids, pages, rows
from tests.support.command import in_terminal, process
from tests.support.command import locbao as run

pytestmark = pytest.mark.usefixtures("stand_in")


@pytest.fixture
def given(tmp_path: Path) -> Path:
    return rows(tmp_path / "in.jsonl", [*pages(PAGES_AT_ONCE), "", *pages(3)])


def test_a_strict_run_says_how_to_go_on_and_does(tmp_path: Path, given: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = run("predict", given, "-o", out, "--strict", "--jobs", 2)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"Error: {given}:{PAGES_AT_ONCE + 1}: The page is empty. With --strict the first such page ends the run; "
        "without it the rest goes on.",
        f"Kept: {PAGES_AT_ONCE} pages, in {out}.part. The same command with --resume goes on from there.",
    ]
    again = run("predict", given, "-o", out)
    assert again.exit_code == 1
    assert "an earlier run was not finished" in again.stderr
    assert not out.exists()
    resumed = run("predict", given, "-o", out, "--resume")
    assert resumed.exit_code == 3
    assert resumed.stderr.splitlines() == [
        f"Pages labelled: {PAGES_AT_ONCE + 3}, in {out}",
        f"Inputs rejected: 1, in {out}.errors.jsonl",
    ]
    assert len(ids(out)) == PAGES_AT_ONCE + 3


def test_a_quiet_run_says_nothing_but_errors(tmp_path: Path, given: Path) -> None:
    done = run("predict", given, "-o", tmp_path / "out.jsonl", "--quiet")
    assert (done.exit_code, done.stdout, done.stderr) == (3, "", "")
    assert run("predict", given, "-o", tmp_path / "out.jsonl", "--quiet", "--strict").stderr.startswith("Error: ")


def test_fields_of_other_names(tmp_path: Path) -> None:
    given = tmp_path / "in.jsonl"
    given.write_text('{"url": "a", "content": "tin"}\n{"url": "b", "page": "<p>tin</p>"}\n', encoding="utf-8")
    done = run("predict", given, "--id-field", "url", "--text-field", "content", "--html-field", "page")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "b"]


def test_fields_of_the_rows_are_kept_in_json_and_parquet(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    rows = [{"id": "a", "text": "tin", "url": "u", "tags": ["x"]}, {"id": "b", "text": "tin"}]
    (tmp_path / "pages" / "a.json").write_text(json.dumps(rows))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "b.parquet")
    for given in ("pages", "b.parquet"):
        out, table = tmp_path / f"{given}.jsonl", tmp_path / f"{given}.out.parquet"
        assert run("predict", tmp_path / given, "-o", out, "--keep", "url,tags", "--jobs", 1).exit_code == 0
        found = [json.loads(line) for line in out.read_text().splitlines()]
        assert list(found[0])[:4] == ["id", "url", "tags", "lines"]
        assert [(row["url"], row["tags"]) for row in found] == [("u", ["x"]), (None, None)]
        assert run("predict", tmp_path / given, "-o", table, "--keep", "url,tags", "--jobs", 1).exit_code == 0
        columns = pq.read_table(table).select(["id", "url", "tags"]).to_pydict()
        assert columns == {"id": ["a", "b"], "url": ["u", None], "tags": ['["x"]', None]}


def test_a_kept_value_that_is_no_number_is_null(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "tin", "x": NaN, "y": [1e999, {"z": -Infinity}, 0.5]}\n')
    pq.write_table(pa.table({"id": [1], "text": ["tin"], "x": [float("nan")], "y": [[1.5]]}), tmp_path / "a.parquet")
    for given, y in (("a.jsonl", [None, {"z": None}, 0.5]), ("a.parquet", [1.5])):
        printed = run("predict", tmp_path / given, "--jobs", 1, "--keep", "x, y").stdout
        row = json.loads(printed, parse_constant=pytest.fail)
        assert (row["x"], row["y"]) == (None, y)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_field_that_no_row_has_is_told_once(tmp_path: Path, jobs: int) -> None:
    rows = [{"id": 1, "text": "tin", "url": "u"}, {"id": 2, "text": "tin"}, {"id": 3, "text": "", "titel": "t"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    command = ("predict", tmp_path / "a.jsonl", "-o", tmp_path / "out.jsonl", "--jobs", jobs, "--keep")
    messages = run(*command, "url,titel,autor").stderr.splitlines()
    assert messages.count("No page has a value for titel or autor, named with --keep: null in all rows.") == 1
    assert "No page has a value" not in run(*command, "url", "--force").stderr


def test_a_resumed_run_knows_what_was_kept_before(tmp_path: Path) -> None:
    """Only the first page has the field, and the run ends at the page after the first batch."""
    rows = [{"id": number, "text": "tin"} for number in range(PAGES_AT_ONCE)]
    rows = [rows[0] | {"url": "u"}, *rows[1:], {"id": "bad", "text": ""}, {"id": "last", "text": "tin"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    command = ("predict", tmp_path / "a.jsonl", "-o", tmp_path / "out.jsonl", "--jobs", 1, "--keep", "url")
    assert run(*command, "--strict").exit_code == 1
    resumed = run(*command, "--resume")
    assert resumed.exit_code == 3
    assert "No page has a value" not in resumed.stderr


def test_what_cannot_be_kept(tmp_path: Path, given: Path) -> None:
    for wrong in (["--keep", "lines,url"], ["--keep", "url", "--format", "text"], ["--keep", "url", "-o", "x.md"]):
        assert run("predict", given, *wrong).exit_code == 2
    out = tmp_path / "out.jsonl"
    assert run("predict", given, "-o", out, "--strict", "--jobs", 1, "--keep", "url").exit_code == 1
    assert 'keep: "url" then, "" now' in run("predict", given, "-o", out, "--resume", "--jobs", 1).stderr
    assert run("predict", given, "-o", out, "--resume", "--jobs", 1, "--keep", "url").exit_code == 3
    pq.write_table(pa.table({"id": [1], "text": ["tin"]}), tmp_path / "a.parquet")
    assert 'no column "ulr" to keep' in run("predict", tmp_path / "a.parquet", "--jobs", 1, "--keep", "ulr").stderr


def test_what_folders_hold_beside_pages_is_told_in_one_line(tmp_path: Path) -> None:
    for name in ("a.txt", "b.css", "c.css", "d"):
        (tmp_path / name).write_text("tin")
    done = run("predict", tmp_path, "--jobs", 1)
    assert (done.exit_code, done.stderr) == (0, "Left out of folders, since they are not read: .css 2, other names 1\n")
    messages = run("predict", tmp_path, "--jobs", 1, "-o", tmp_path / "out").stderr.splitlines()  # writes into it
    assert messages[1:] == ["Left out of folders, since they are not read: .css 2, other names 1"]


@pytest.mark.parametrize("name", ["out.parquet", "out.jsonl.zst", "out.jsonl.gz", "folder/"])
def test_the_name_says_what_is_written(tmp_path: Path, given: Path, name: str) -> None:
    done = run("predict", given, "-o", f"{tmp_path}/{name}", "--jobs", 1)
    assert done.exit_code == 3
    out = tmp_path / name
    if out.is_dir():
        assert len(list(out.iterdir())) == PAGES_AT_ONCE + 3
    else:
        start = {".parquet": b"PAR1", ".zst": b"\x28\xb5\x2f\xfd", ".gz": b"\x1f\x8b"}[out.suffix]
        assert out.read_bytes().startswith(start)


def test_a_terminal_sees_a_bar_that_goes_away(tmp_path: Path, given: Path) -> None:
    code, shown = in_terminal("stderr", "predict", given, "-o", tmp_path / "out.jsonl")
    assert code == 3
    assert "loading the model" in shown
    assert f"Pages labelled: {PAGES_AT_ONCE + 3}" in shown


def test_a_log_gets_a_line_now_and_then(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 0.0
    monkeypatch.setattr(progress, "monotonic", lambda: clock)
    with progress.progress(shown=True) as watch:
        for batch in range(61):
            watch(Checkpoint(pages=32 * batch), batch / 200)
            clock += 0.5
    assert capsys.readouterr().err.splitlines() == [
        "640 pages, 64/s, 10 %, 90 s left",
        "1,280 pages, 64/s, 20 %, 80 s left",
        "1,920 pages, 64/s, 30 %, 70 s left",
    ]
    with progress.progress(shown=False) as watch:
        clock += 100
        watch(Checkpoint(pages=9), 0.9)
    assert capsys.readouterr().err == ""


def test_the_pace_of_a_resumed_run_counts_from_where_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 0.0
    monkeypatch.setattr(progress, "monotonic", lambda: clock)
    pace = Pace()
    assert pace.tell(10_000, 0.5) == "10,000 pages, 50 %"
    clock = 600.0
    assert pace.tell(10_600, 0.51) == "10,600 pages, 1/s, 51 %, 8 h left"
    assert pace.tell(10_600, None) == "10,600 pages, 1/s"


@pytest.mark.parametrize(
    "wrong",
    [
        ["--engine", "spark"],
        ["--engine", "spark", "-o", "out", "--resume"],
        ["--engine", "spark", "-o", "out", "--jobs", "2"],
        ["--engine", "spark", "-o", "out", "--force"],
        ["--master", "local[2]"],
        ["--timeout", "0"],
        ["--timeout", "inf"],
        ["--timeout", "1e300"],
        ["--caption-odds", "0"],
    ],
)
def test_what_the_engines_do_not_take(given: Path, wrong: list[str]) -> None:
    done = run("predict", given, *wrong)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Usage: locbao predict" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_model_that_is_none_is_told_by_any_number_of_processes(tmp_path: Path, given: Path, jobs: int) -> None:
    command = [sys.executable, "-m", "locbao"]
    done = process("predict", given, "--model", tmp_path, "--jobs", jobs, command=command)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "there is no manifest.json in it" in done.stderr
