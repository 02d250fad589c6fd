"""What README and docs show runs, and ends as shown."""

import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from locbao.train.corpus.corpus_files import example_corpus
from tests.conftest import ROOT
from tests.support.docs import LAYOUT_GUIDE, MEASUREMENTS, PREDICT, README, blocks
from tests.support.training import keep_to_one_core

START = sorted((ROOT / "docs" / "start").glob("*.md"))
FENCED = re.MULTILINE | re.DOTALL
USE_CASES = ("bienthuy", "lamgiang", "nhippho")  # the sites that the README trains on


class Command(NamedTuple):
    """A command of the README with the output and the exit code shown below it."""

    line: str
    shown: str
    code: int


def shown_commands(consoles: list[str]) -> list[Command]:
    """What console blocks run, but for installing and `make`."""
    steps = [step for block in consoles for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    found: list[Command] = []
    for step in steps:
        line, _, shown = step.partition("\n")
        if line == "echo $?":
            found[-1] = found[-1]._replace(code=int(shown))
        elif not line.startswith(("make ", "pip ")):
            found.append(Command(line, shown, 0))
    return found


def as_pattern(shown: str) -> str:
    """What the output may be: other numbers, anything for "…", other reasons, since those change with every model."""
    return "\n".join(map(_line_pattern, shown.splitlines())) + r"\s*"


def _line_pattern(line: str) -> str:
    if line == "…":
        return r"(?:.*\n)*.*"
    if re.match(r" +[+-]\d|What speaks for|\w+ \d\.\d+, ", line):
        return ".*"
    pattern = re.sub(r"(?:\\ )+", " +", re.escape(line)).replace("…", ".*")
    return re.sub(r"\b[0-9a-f]{12}\b|\d+", lambda number: r"[0-9a-f]+" if len(number[0]) == 12 else r"\d+", pattern)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder beside which the README's examples run."""
    return laid_out(tmp_path_factory.mktemp("desk"))


def laid_out(folder: Path) -> Path:
    """The folder with the files that README and guides begin with."""
    shutil.copytree(ROOT / "app" / "demo", folder / "pages")
    corpus = [path.read_text(encoding="utf-8") for path in example_corpus() if path.stem in USE_CASES]
    (folder / "pages.jsonl").write_text("".join(corpus), encoding="utf-8")
    (folder / "baomau.txt").write_text(blocks(LAYOUT_GUIDE, "text")[0], encoding="utf-8")
    return folder


def run(
    arguments: list[str], folder: Path, before: Callable[[], None] | None = None
) -> "subprocess.CompletedProcess[str]":
    """A process in the folder, with this environment's `locbao`, standard error in the output; first `before` runs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    mine = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}  # of other tests
    environment = {**mine, "PATH": path, "PYTHONUTF8": "1"}
    return subprocess.run(
        arguments, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        timeout=300, check=False, preexec_fn=before,
    )  # fmt: skip


@pytest.mark.slow
def test_the_commands_shown_run_and_end_as_shown(desk: Path) -> None:
    run_as_shown(blocks(README + PREDICT, "console"), desk)


def run_as_shown(consoles: list[str], folder: Path) -> None:
    """Runs console blocks, and fails where one ends otherwise than shown."""
    for command in shown_commands(consoles):
        before = keep_to_one_core if command.line.startswith("locbao train ") else None
        done = run(["bash", "-c", command.line], folder, before)
        assert done.returncode == command.code, f"{command.line}\n{done.stdout}"
        assert re.fullmatch(as_pattern(command.shown), done.stdout), f"{command.line}\n{done.stdout}"


@pytest.mark.slow
@pytest.mark.parametrize("page", START, ids=lambda page: page.stem)
def test_who_starts_can_follow_the_page_for_them(page: Path, tmp_path: Path) -> None:
    folder = laid_out(tmp_path)
    for language, block in re.findall(r"^```(console|python)\n(.*?)^```$", page.read_text(encoding="utf-8"), FENCED):
        if language == "console":
            run_as_shown([block], folder)
        else:
            done = run([sys.executable, "-c", block], folder)
            assert done.returncode == 0, f"{block}\n{done.stdout}"


@pytest.mark.slow
@pytest.mark.parametrize("text", [README, LAYOUT_GUIDE], ids=["README", "layouts"])
def test_the_python_shown_runs(text: str, desk: Path) -> None:
    for block in blocks(text, "python"):
        done = run([sys.executable, "-c", block], desk)
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_the_commands_of_the_experiments_exist(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = re.findall(r"python -m (locbao\.experiments\.[\w.]+)([^`\n]*)", README + MEASUREMENTS)
    assert found
    monkeypatch.setattr(sys, "argv", ["", "--help"])
    for module, rest in found:
        monkeypatch.delitem(sys.modules, module, raising=False)  # runpy warns of what it would run a second time
        with pytest.raises(SystemExit, match=r"^0$"):
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        assert set(re.findall(r"--[a-z-]+", rest)) <= set(re.findall(r"--[a-z-]+", capsys.readouterr().out)), module
