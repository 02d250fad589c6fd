"""The command line as users and scripts meet it: what it prints where, how it ends, and what it leaves behind."""

import json
import os
from pathlib import Path

import pytest

import locbao
from tests.support.command import PAGE
from tests.support.command import locbao as run

pytestmark = pytest.mark.usefixtures("stand_in")


def test_a_page_to_standard_output(page: Path) -> None:
    done = run("predict", page)
    assert (done.exit_code, done.stderr) == (0, "")
    row = json.loads(done.stdout)
    assert (row["id"], row["model"]) == ("tin.txt", "fake 000000000000")
    assert [(line["line"], line["label"]) for line in row["lines"]] == [(1, "sidebar"), (3, "body"), (4, "caption")]


def test_a_batch_to_a_file_with_its_quarantine(tmp_path: Path, page: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"id": 1, "text": "tin"}\n{"id": 2}\n', encoding="utf-8")
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    out = tmp_path / "out.jsonl"
    done = run("predict", page, tmp_path / "rows.jsonl", tmp_path / "empty.txt", "-o", out)
    assert (done.exit_code, done.stdout) == (3, "")
    assert [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()] == ["tin.txt", 1]
    errors = [json.loads(line) for line in (tmp_path / "out.jsonl.errors.jsonl").read_text().splitlines()]
    assert [(Path(error["file"]).name, error["row"]) for error in errors] == [("rows.jsonl", 2), ("empty.txt", None)]
    assert done.stderr.splitlines() == [f"Pages labelled: 2, in {out}", f"Inputs rejected: 2, in {out}.errors.jsonl"]


def test_rejects_without_an_output_file_are_told_one_a_line() -> None:
    done = run("predict", "-", stdin='{"id": 1, "text": "tin"}\n{"id": 2}\nnot json\n')
    assert done.exit_code == 3
    assert len(done.stdout.splitlines()) == 1
    first, second, last = done.stderr.splitlines()
    assert first == '-:2: The row has neither "text" nor "html" nor "markdown" nor "lines".'
    assert second.startswith("-:3: The row is not JSON: ")
    assert last == "Inputs rejected: 2, listed above"


def test_nothing_labelled_is_a_failure_and_writes_no_output(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = run("predict", "-", "-o", out, stdin="{}\n")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: No page was labelled. Inputs rejected: 1, in ")
    assert '; the first one: -:1: The row has no "id". What is read: .txt, .html, .md and .json' in done.stderr
    assert os.listdir(tmp_path) == ["out.jsonl.errors.jsonl"]


@pytest.mark.parametrize(
    ("name", "told"),
    [("none.txt", "Check the path."), ("a.pdf", "What is read: .txt, .html, .md and .json files, folders of them")],
)
def test_inputs_that_cannot_be_read(tmp_path: Path, page: Path, name: str, told: str) -> None:
    (tmp_path / "a.pdf").write_text("tin", encoding="utf-8")
    done = run("predict", page, tmp_path / name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert told in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("predict",),
        ("predict", "-", "--format", "xml"),
        ("predict", "-", "--max-chars", "0"),
        ("explain", "a.txt", "first"),
        ("explain", "a.txt", "0"),
        ("train", "lines"),
        ("guess",),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Usage: locbao" in done.stderr


def test_an_input_is_not_overwritten(page: Path) -> None:
    done = run("predict", page, "-o", page)
    assert done.exit_code == 1
    assert page.read_text(encoding="utf-8") == PAGE


def test_a_place_that_cannot_be_written(page: Path) -> None:
    done = run("predict", page, "-o", "/proc/out.jsonl")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: /proc/out.jsonl")


def test_text_output_and_size_limit(page: Path) -> None:
    done = run("predict", page, "--format", "text")
    assert done.stdout.startswith("# tin.txt\n\nĐồn biên phòng trồng thêm ba nghìn cây quế\n\n> Quế giống")
    assert "more than 10 characters (see --max-chars)" in run("predict", page, "--max-chars", 10).stderr


def test_show_in_a_pipe_has_no_colours(page: Path) -> None:
    done = run("show", page)
    assert done.stdout.splitlines()[1] == "3  body     0.90  Đồn biên phòng trồng thêm ba nghìn cây quế"
    assert run("show", "-", stdin=PAGE).stdout == done.stdout


def test_show_writes_html(tmp_path: Path, page: Path) -> None:
    out = tmp_path / "tin.html"
    done = run("show", page, "--html", out)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", f"Written: {out}\n")
    assert "ba nghìn cây quế" in out.read_text(encoding="utf-8")
    assert run("show", page, "--html", out).exit_code == 0


@pytest.mark.parametrize("command", [("show", "{}", "--html"), ("experiments", "report", "{}", "-o")])
def test_a_page_that_locbao_did_not_write_is_not_replaced(page: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "mine.html").write_text("<html>mine</html>")
    done = run(*(part.format(page) for part in command), tmp_path / "mine.html")
    assert (done.exit_code, "nothing in it shows that locbao wrote it" in done.stderr) == (1, True)
    assert (tmp_path / "mine.html").read_text() == "<html>mine</html>"


def test_explain(page: Path) -> None:
    assert run("explain", page, 3).stdout.startswith("tin.txt, line 3: body\n")
    done = run("explain", page, 2)
    assert done.exit_code == 1
    assert "line 2 is blank" in done.stderr


def test_explain_tells_of_the_topics_that_the_line_speaks_for_or_of_those_asked_for(tmp_path: Path, page: Path) -> None:
    patrol = tmp_path / "patrol.txt"
    patrol.write_text("Đồn biên phòng cử ba tổ tuần tra suốt đêm qua\n", encoding="utf-8")
    told = "What speaks for border_security (+) or against it (-)"
    assert told in run("explain", patrol, 1).stdout
    assert told not in run("explain", page, 3).stdout
    assert told in run("explain", page, 3, "--topic", "border_security").stdout
    done = run("explain", page, 3, "--topic", "flood")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: The model has no topic 'flood'. It has: border_security.\n"


@pytest.mark.parametrize(
    "command",
    [
        *("predict", "show", "explain", "evaluate", "train", "train lines", "train topics"),
        *("models compare", "models promote"),
    ],
)
def test_every_command_has_a_help_with_an_example(command: str) -> None:
    done = run(*command.split(), "--help")
    assert run(*command.split(), "-h").stdout == done.stdout
    assert done.exit_code == 0
    assert f"locbao {command} " in done.stdout.split("Usage:")[1].split("\n", 1)[1] or command == "train"


def test_the_public_names() -> None:
    for name in locbao.__all__:
        assert getattr(locbao, name)
        assert name in dir(locbao)
    with pytest.raises(AttributeError, match="no attribute 'guess'"):
        locbao.guess  # type: ignore[attr-defined]  # noqa: B018


def test_help_groups_options_and_names_defaults() -> None:
    text = " ".join(run("predict", "--help").stdout.split())
    order = ("Options:", "--output", "How it runs:", "--jobs", "Spark:", "--engine")
    places = [text.index(f" {part} ") if part.endswith(":") else text.index(part) for part in order]
    assert places == sorted(places)
    assert "[default: id]" in text


def test_shells_can_complete_commands_and_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_LOCBAO_COMPLETE", "complete_bash")
    for words, offered in {
        "locbao mod": ["models"],
        "locbao predict --site": ["--site-memory", "--site-field"],
    }.items():
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
        assert run().stdout.split() == offered
