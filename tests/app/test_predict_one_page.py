"""A page alone is labelled at once: no other process is started for it unless somebody asks for one."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from locbao.cli.main import app
from locbao.predict.batch import run as engine
from tests.predict.batch import troubled_model
from tests.predict.batch.batch_runs import QUICK

PAGE = "Sạt lở chia cắt bản Nà Lốc\n\nSáng 3/9, mưa lớn làm sạt hơn 200 m3 đất đá xuống đường vào bản, theo UBND xã.\n"


class Started(Exception):
    """Another process was asked for."""


@pytest.fixture(autouse=True)
def no_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise Started

    monkeypatch.setattr(engine, "Pool", refuse)
    monkeypatch.setattr("locbao.cli.predict.cores", lambda: 4)


@pytest.mark.parametrize("options", [[], ["--jobs", "1"]])
def test_a_page_needs_no_other_process(tmp_path: Path, options: list[str]) -> None:
    page, out = tmp_path / "page.txt", tmp_path / "out.jsonl"
    page.write_text(PAGE, encoding="utf-8")
    result = CliRunner().invoke(app, ["predict", str(page), "-o", str(out), *options], catch_exceptions=False)
    assert result.exit_code == 0
    assert [line["line"] for line in json.loads(out.read_text(encoding="utf-8"))["lines"]] == [1, 3]


@pytest.mark.parametrize(
    ("text", "exit_code", "told"),
    [
        (PAGE, 0, ""),
        ("HANG", 1, "Error: The page is not labelled after 3 seconds. Give it more: --timeout SECONDS."),
        ("DIE", 1, "Error: The process that labels the page ended without an answer. Is there memory for it?"),
        ("\n", 1, "Error: page.txt: The page is empty. Give a page as UTF-8 text"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--html", "page.html"]])
def test_a_page_is_shown_in_time_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, exit_code: int, told: str, options: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("locbao.load", troubled_model.load)
    monkeypatch.setattr("locbao.predict.batch.workers.SPAWN", QUICK)
    Path("page.txt").write_text(text, encoding="utf-8")
    seconds = "3" if text == "HANG" else "60"
    result = CliRunner().invoke(app, ["show", "page.txt", "--timeout", seconds, *options], catch_exceptions=False)
    assert result.exit_code == exit_code
    assert result.stderr.startswith(told)
    assert Path("page.html").exists() == (exit_code == 0 and bool(options))


@pytest.mark.parametrize("more", [["--timeout", "5"], ["--jobs", "2"], ["second.txt"], ["."]])
def test_more_than_a_page_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("page.txt", "second.txt"):
        Path(name).write_text(PAGE, encoding="utf-8")
    given = [] if more == ["."] else ["page.txt"]
    result = CliRunner().invoke(app, ["predict", *given, *more, "-o", "out.jsonl"])
    assert isinstance(result.exception, Started)
