"""A page alone is labelled at once: no other process is started for it unless somebody asks for one."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from locbao.cli.main import app
from locbao.predict.batch import run as engine

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


@pytest.mark.parametrize("more", [["--timeout", "5"], ["--jobs", "2"], ["second.txt"], ["."]])
def test_more_than_a_page_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("page.txt", "second.txt"):
        Path(name).write_text(PAGE, encoding="utf-8")
    given = [] if more == ["."] else ["page.txt"]
    result = CliRunner().invoke(app, ["predict", *given, *more, "-o", "out.jsonl"])
    assert isinstance(result.exception, Started)
