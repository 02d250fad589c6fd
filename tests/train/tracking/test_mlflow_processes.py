"""Trainings, servers and signals as separate processes: what only a real one shows."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from locbao.predict.load import load
from locbao.train.tracking.mlflow_runs import fetch_run, open_tracker
from locbao.train.tracking.mlflow_store import connect
from tests.support.command import wait_for
from tests.support.tracked import FAIR, Desk, silent
from tests.support.training import TWO_SITES

pytestmark = pytest.mark.slow

PAGE = "Trang chủ\n\nCây cầu treo qua suối đã được bà con dựng lại sau mùa lũ.\n\nẢnh: Thu Hà"

# What a warning begins with that our own code has caused, wherever it is installed.
OUR_FILES = tuple(
    f"{Path(str(import_module(name).__file__)).parent}{os.sep}"
    for name in ("locbao", "locbao.features", "locbao.predict", "locbao.train", "locbao.experiments")
)

WITHOUT_NETWORK = """
import sys
def watch(event, arguments):
    if event == "socket.getaddrinfo" or (event == "socket.connect" and isinstance(arguments[1], tuple)):
        print("network:", event, arguments[-1], file=sys.stderr)
sys.addaudithook(watch)
from locbao.cli.main import main
main()
"""


def environment(**more: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    return {**kept, "PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true", **more}


def training(folder: Path, config: str, *options: str) -> list[str]:
    (folder / "quick.toml").write_text(config, encoding="utf-8")
    return ["train", "lines", *map(str, TWO_SITES), "--config", "quick.toml", "-o", "model", *options]


def test_from_nothing_without_network_and_without_a_warning(tmp_path: Path) -> None:
    for arguments in (training(tmp_path, FAIR), ["models", "promote", "latest"], ["models", "list"]):
        done = subprocess.run(
            [sys.executable, "-W", "default", "-c", WITHOUT_NETWORK, *arguments],
            cwd=tmp_path, env=environment(), capture_output=True, encoding="utf-8", timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert not [line for line in done.stderr.splitlines() if line.startswith(("network:", *OUR_FILES))]
    assert "| champion |" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"mlflow.db", "mlruns", "model", "quick.toml"}


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_training_that_is_killed(sent: signal.Signals, code: int, tmp_path: Path, empty_store: Path) -> None:
    """It leaves no model, and a run that is marked as failed: at once, or by who looks next."""
    shutil.copy(empty_store, tmp_path)
    uri = f"sqlite:///{tmp_path.as_posix()}/mlflow.db"
    long = "composed = 2000\nwords = 2000\nfolds = 0\n"
    with subprocess.Popen(
        [sys.executable, "-m", "locbao", *training(tmp_path, long)], cwd=tmp_path, env=environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        wait_for(lambda: started(tmp_path / "mlflow.db"), 300)
        process.send_signal(sent)
        assert process.wait(120) == code
    [run] = open_tracker(uri, tell=silent).runs("lines")
    assert run.status == "FAILED"
    assert run.tags["failure"]
    assert not list(tmp_path.glob("**/*.joblib"))


def started(database: Path) -> bool:
    """Whether a training has told the store its parameters."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return bool(connection.execute("SELECT count(*) FROM params").fetchone()[0])


def test_a_server(tmp_path: Path, empty_store: Path) -> None:
    port = free_port()
    store = ["--backend-store-uri", f"sqlite:///{shutil.copy(empty_store, tmp_path / 'server.db')}"]
    files = ["--artifacts-destination", str(tmp_path / "files"), "--host", "127.0.0.1", "--port", str(port)]
    with serving(["mlflow", "server", *store, *files, "--workers", "1"], tmp_path, f"http://127.0.0.1:{port}/health"):
        desk = tmp_path / "desk"
        desk.mkdir()
        address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "locbao", *training(desk, FAIR)]
        there = environment(MLFLOW_TRACKING_URI=address)
        done = subprocess.run(command, cwd=desk, env=there, capture_output=True, timeout=240, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert {path.name for path in desk.iterdir()} == {"model", "quick.toml"}
        tracker = open_tracker(address, tell=silent)
        [run] = [run for run in tracker.runs("lines") if "mlflow.parentRunId" not in run.tags]
        assert fetch_run(connect(address), run.id, tmp_path / "fetched").status == "FINISHED"
        assert (tmp_path / "fetched" / "figures" / "coefficients.png").exists()
        assert load(f"runs:/{run.id}/model").digest == load(desk / "model").digest == load("models:/locbao/1").digest


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    port = free_port()
    command = ["mlflow", "models", "serve", "-m", "models:/locbao/1", "--env-manager", "local", "-h", "127.0.0.1"]
    whole = [*command, "-p", str(port), "-w", "1"]
    # Else the server leaves compiled files in the model, which other tests look at.
    settings = {"MLFLOW_TRACKING_URI": desk.uri, "PYTHONDONTWRITEBYTECODE": "1"}
    with serving(whole, desk.folder, f"http://127.0.0.1:{port}/ping", **settings):
        yield f"http://127.0.0.1:{port}/invocations"


def test_serving_vietnamese_in_and_out_and_no_bad_request_stops_it(address: str, desk: Desk) -> None:
    expected = [line.label for line in load(desk.folder / "fair").label(PAGE).lines]
    bad: list[tuple[object, str]] = [
        ({"dataframe_records": [{"body": PAGE}]}, "There is no column `text`, `html` or `markdown`"),
        ({"dataframe_records": [{"text": 5}]}, "`text` of row 1 is int, not a string"),
        ({"inputs": {"text": [None]}}, "`text` of row 1 is null"),
        ({"inputs": [{"text": ""}]}, "`text` of row 1 is empty"),
        ({"dataframe_records": [{"text": None}]}, "`text` of row 1 is null, not a string"),
        ({"dataframe_records": []}, "There is no column `text`, `html` or `markdown`"),
        ({"dataframe_split": {"columns": ["text"], "data": []}}, "the list is empty"),
        ({"inputs": []}, "There is no column `text`, `html` or `markdown`"),
        ([], "The input must be a JSON dictionary"),
        ({"dataframe_records": [{"text": "Một dòng chữ. " * 800_000}]}, "characters, more than 2,000,000"),
    ]
    for body, sentence in bad:
        code, answer = post(address, body)
        assert (code, sentence in answer["message"]) == (400, True), answer
        assert "Traceback" not in json.dumps(answer)
    for good in ({"dataframe_records": [{"text": PAGE, "id": "a"}]}, {"inputs": {"text": [PAGE], "id": ["a"]}}):
        code, answer = post(address, good)
        [row] = answer["predictions"]
        assert (code, row["id"], [line["text"] for line in row["lines"]]) == (200, "a", PAGE.split("\n\n"))
        assert [line["label"] for line in row["lines"]] == expected


def post(address: str, body: object) -> tuple[int, Any]:
    data = json.dumps(body, ensure_ascii=False).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@contextmanager
def serving(command: list[str], folder: Path, ready: str, **more: str) -> Iterator[None]:
    """A server in a process group of its own, for as long as the context lasts."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(**more), stdout=log, stderr=log, start_new_session=True
        )
        try:
            wait_for(lambda: answers(ready), 300)
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
