"""What `locbao predict` says of inputs and outputs that cannot be: one of each kind, from the command line."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.command import locbao

pytestmark = pytest.mark.usefixtures("stand_in")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    (tmp_path / "page.docx").write_text("tin", encoding="utf-8")
    (tmp_path / "rows.jsonl").write_text('{"id": 1, "text": "tin"}\n', encoding="utf-8")
    pq.write_table(pa.table({"url": ["u"], "body": ["tin"]}), tmp_path / "table.parquet")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "what", "remedy"),
    [
        (["page.docx"], 1, "page.docx: is of a kind that is not read", "What is read: .txt"),
        (["none.jsonl"], 1, "none.jsonl: cannot be opened (No such file", "Check the path"),
        ([""], 1, "'': cannot be opened", "Check the path"),
        (["https://vi-du.example/tin.html"], 1, "tin.html: cannot be opened", "Nothing is fetched: save the page"),
        (["rows.jsonl", "-o", ""], 1, "'': is no name of an output", "Give a file, or a folder"),
        (["empty"], 1, "The folder holds no page (.txt, .html, .htm, .xhtml, .md, .markdown, .json)", "What is read"),
        (["table.parquet"], 1, 'no column "id"; the columns are url, body', "--id-field"),
        (["rows.jsonl", "--text-field", "content"], 1, 'neither "content" nor "html"', "--text-field"),
        (["rows.jsonl", "-o", "rows.jsonl"], 1, "rows.jsonl: is an input as well", "another name"),
        (["rows.jsonl", "-o", "page.docx/new/out.jsonl"], 1, "page.docx is a file", "another name"),
        (["rows.jsonl", "-o", "out.parquet", "--format", "text"], 1, "named like a Parquet file", "Leave --format out"),
        (["rows.jsonl", "--format", "parquet"], 1, "standard output: cannot take Parquet", "-o FILE.parquet"),
        (["rows.jsonl", "--resume"], 2, "--resume needs --output", "predict -h"),
        (["rows.jsonl", "--threshold", "flood=0.5"], 1, "The model has no topic 'flood'", "It has: "),
        (["rows.jsonl", "--threshold", "asean=2"], 2, "a topic and a probability from 0 to 1", "'asean=2'"),
        (["rows.jsonl", "--threshold", "asean"], 2, "a topic and a probability from 0 to 1", "'asean'"),
        (["rows.jsonl", "--format", "xml"], 2, "Invalid value for '--format': 'xml' is not one of", "predict -h"),
    ],
)
def test_the_message_says_what_is_wrong_and_what_to_try(
    place: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, what: str, remedy: str
) -> None:
    given = [str(place / name) if (place / name.split("/")[0]).exists() and name else name for name in arguments]
    done = locbao("predict", *given, "--jobs", "1")
    assert (done.exit_code, done.stdout) == (code, "")
    said = " ".join(done.stderr.replace("│", " ").split())
    assert what in said
    assert remedy in said


@pytest.mark.parametrize("ending", ["", ".errors.jsonl", ".part", ".part.errors.jsonl", ".part.journal"])
def test_no_input_is_written_over_or_removed(tmp_path: Path, ending: str) -> None:
    row = '{"id": 1, "text": "tin"}\n'
    rows = tmp_path / f"out{ending}.jsonl"
    rows.write_text(row, encoding="utf-8")
    given = rows.rename(tmp_path / f"out.jsonl{ending}")
    (tmp_path / "rows.jsonl").symlink_to(given)
    done = locbao("predict", tmp_path / "rows.jsonl", "-o", tmp_path / "out.jsonl", "--jobs", "1")
    assert done.exit_code == 1
    assert "is an input as well" in done.stderr
    assert given.read_text(encoding="utf-8") == row


@pytest.mark.parametrize("ending", [".errors.jsonl", ".part", ".part.errors.jsonl", ".part.journal"])
def test_nor_by_an_output_folder(tmp_path: Path, ending: str) -> None:
    row = '{"id": 1, "text": "tin"}\n'
    given = tmp_path / f"out{ending}"
    given.write_text(row, encoding="utf-8")
    (tmp_path / "rows.jsonl").symlink_to(given)
    done = locbao("predict", tmp_path / "rows.jsonl", "-o", f"{tmp_path}/out/", "--jobs", "1")
    assert done.exit_code == 1
    assert "is an input as well" in done.stderr
    assert given.read_text(encoding="utf-8") == row


def test_no_page_of_an_input_folder_is_written_over(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("tin", encoding="utf-8")
    done = locbao("predict", tmp_path, "-o", page, "--jobs", "1")
    assert done.exit_code == 1
    assert "is an input as well" in done.stderr
    assert page.read_text(encoding="utf-8") == "tin"


def test_a_run_that_is_resumed_with_other_settings_says_which(place: Path) -> None:
    rows = "".join(json.dumps({"id": number, "text": "tin"}) + "\n" for number in range(40))
    given, out = place / "rows.jsonl", place / "out.jsonl"
    given.write_text(f"{rows}torn\n", encoding="utf-8")
    assert locbao("predict", given, "-o", out, "--strict", "--jobs", 1).exit_code == 1
    done = locbao("predict", given, "-o", out, "--resume", "--max-chars", 5, "--jobs", 1)
    assert done.exit_code == 1
    assert "max_chars: 5000000 then, 5 now. Give the same inputs, settings and model" in done.stderr
    assert f"to begin anew, remove {out}.part*" in done.stderr
