"""The command line as users and scripts meet it: what it prints where, how it ends, and what it leaves behind."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import locbao
from tests.conftest import ROOT

PAGE = "Trang chủ\n\nĐồn biên phòng trồng thêm ba nghìn cây quế\nQuế giống ở vườn ươm. Ảnh: Lò Thị Mây\n"
COMMAND = [sys.executable, "-m", "tests.fake_model"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}


def run(*arguments: object, stdin: str = "", command: list[str] = COMMAND) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [*command, *map(str, arguments)],
        input=stdin.encode(),
        capture_output=True,
        cwd=ROOT,
        env=ENVIRONMENT,
        timeout=60,
        check=False,
    )
    result = subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in result.stderr
    return result


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "tin.txt"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_page_to_standard_output(page: Path) -> None:
    done = run("predict", page)
    assert (done.returncode, done.stderr) == (0, "")
    row = json.loads(done.stdout)
    assert (row["id"], row["model"]) == ("tin.txt", "fake 000000000000")
    assert [(line["line"], line["label"]) for line in row["lines"]] == [(1, "sidebar"), (3, "body"), (4, "caption")]


def test_a_batch_to_a_file_with_its_quarantine(tmp_path: Path, page: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"id": 1, "text": "tin"}\n{"id": 2}\n', encoding="utf-8")
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    out = tmp_path / "out.jsonl"
    done = run("predict", page, tmp_path / "rows.jsonl", tmp_path / "empty.txt", "-o", out)
    assert (done.returncode, done.stdout) == (3, "")
    assert [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()] == ["tin.txt", 1]
    errors = [json.loads(line) for line in (tmp_path / "out.jsonl.errors.jsonl").read_text().splitlines()]
    assert [(Path(error["file"]).name, error["row"]) for error in errors] == [("rows.jsonl", 2), ("empty.txt", None)]
    assert done.stderr.splitlines() == [f"Pages labelled: 2, in {out}", f"Inputs rejected: 2, in {out}.errors.jsonl"]


def test_rejects_without_an_output_file_are_told_one_a_line() -> None:
    done = run("predict", "-", stdin='{"id": 1, "text": "tin"}\n{"id": 2}\nnot json\n')
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == 1
    first, second, last = done.stderr.splitlines()
    assert first == '-:2: The row has neither "text" nor "html" nor "lines".'
    assert second.startswith("-:3: The row is not JSON: ")
    assert last == "Inputs rejected: 2, listed above"


def test_nothing_labelled_is_a_failure_and_writes_no_output(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = run("predict", "-", "-o", out, stdin="{}\n")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: No page was labelled. Inputs rejected: 1, in ")
    assert '; the first one: -:1: The row has no "id". What is read: .txt and' in done.stderr
    assert os.listdir(tmp_path) == ["out.jsonl.errors.jsonl"]


@pytest.mark.parametrize(
    ("name", "told"),
    [("none.txt", "Check the path."), ("a.pdf", "What is read: .txt and .html files, folders of them, .jsonl, ")],
)
def test_inputs_that_cannot_be_read(tmp_path: Path, page: Path, name: str, told: str) -> None:
    (tmp_path / "a.pdf").write_text("tin", encoding="utf-8")
    done = run("predict", page, tmp_path / name)
    assert (done.returncode, done.stdout) == (1, "")
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
    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: locbao" in done.stderr


def test_an_input_is_not_overwritten(page: Path) -> None:
    done = run("predict", page, "-o", page)
    assert done.returncode == 1
    assert page.read_text(encoding="utf-8") == PAGE


def test_a_place_that_cannot_be_written(page: Path) -> None:
    done = run("predict", page, "-o", "/proc/out.jsonl")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: /proc/out.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(page: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "predict", page], stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "Error: No space left on device. Check the path, its permissions and the space left."
    ]


def test_text_output_and_size_limit(page: Path) -> None:
    done = run("predict", page, "--format", "text")
    assert done.stdout.startswith("# tin.txt\n\nĐồn biên phòng trồng thêm ba nghìn cây quế\n\n> Quế giống")
    assert "more than 10 characters (see --max-chars)" in run("predict", page, "--max-chars", 10).stderr


def test_show_in_a_pipe_has_no_colours(page: Path) -> None:
    done = run("show", page)
    assert done.stdout.splitlines()[1] == "3  body     0.90  Đồn biên phòng trồng thêm ba nghìn cây quế"
    assert run("show", "-", stdin=PAGE).stdout == done.stdout


def test_show_in_a_terminal_has_colours(page: Path) -> None:
    leader, follower = pty.openpty()
    environment = {**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "80"}
    with subprocess.Popen([*COMMAND, "show", page], stdout=follower, cwd=ROOT, env=environment) as process:
        os.close(follower)
        shown = b""
        try:
            while data := os.read(leader, 4096):
                shown += data
        except OSError:  # the way Linux tells that the other side has gone
            pass
    os.close(leader)
    assert process.returncode == 0
    assert "\x1b[1;32mbody" in shown.decode()


def test_a_terminal_that_is_not_utf8_gets_escapes(page: Path) -> None:
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*COMMAND, "show", page], capture_output=True, cwd=ROOT, env=environment, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Trang ch\\u1ee7" in done.stdout


def test_show_writes_html(tmp_path: Path, page: Path) -> None:
    out = tmp_path / "tin.html"
    done = run("show", page, "--html", out)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"Written: {out}\n")
    assert "ba nghìn cây quế" in out.read_text(encoding="utf-8")


def test_explain(page: Path) -> None:
    assert run("explain", page, 3).stdout.startswith("tin.txt, line 3: body\n")
    done = run("explain", page, 2)
    assert done.returncode == 1
    assert "line 2 is blank" in done.stderr


def test_explain_tells_of_the_topics_that_the_line_speaks_for_or_of_those_asked_for(tmp_path: Path, page: Path) -> None:
    patrol = tmp_path / "patrol.txt"
    patrol.write_text("Đồn biên phòng cử ba tổ tuần tra suốt đêm qua\n", encoding="utf-8")
    told = "What speaks for border_security (+) or against it (-)"
    assert told in run("explain", patrol, 1).stdout
    assert told not in run("explain", page, 3).stdout
    assert told in run("explain", page, 3, "--topic", "border_security").stdout
    done = run("explain", page, 3, "--topic", "flood")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: Cannot explain: the model has no topic 'flood'. It has: border_security.\n"


def test_a_closed_pipe_ends_in_silence() -> None:
    rows = "".join(f'{{"id": {n}, "text": "tin {"x" * 1000}"}}\n' for n in range(500))
    with subprocess.Popen(
        [*COMMAND, "predict", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        try:
            process.stdin.write(rows.encode())
            process.stdin.close()
        except BrokenPipeError:
            pass
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


def heed_interrupts() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so does all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupt_is_one_line_and_leaves_no_half_file(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with subprocess.Popen(
        [*COMMAND, "predict", "-", "-o", out], stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
        preexec_fn=heed_interrupts,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stderr
        process.stdin.write(b'{"id": 1, "text": "tin"}\n')
        process.stdin.flush()
        deadline = time.monotonic() + 30
        while not (tmp_path / "out.jsonl.part").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b"Interrupted.\n"
        assert process.wait(60) == 130
    assert list(tmp_path.iterdir()) == []


def test_help_and_version_come_at_once_and_load_nothing_heavy() -> None:
    done = run("--help", command=[sys.executable, "-X", "importtime", "-m", "locbao"])
    assert "Exit codes: 0 all done" in done.stdout
    loaded = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"numpy", "scipy", "sklearn", "rich", "asyncio", "importlib.metadata"}
    assert run("--version").stdout == f"locbao {locbao.__version__}\n"


@pytest.mark.parametrize(
    "command",
    [
        *("predict", "show", "explain", "evaluate", "train", "train lines", "train topics"),
        *("models compare", "models promote"),
    ],
)
def test_every_command_has_a_help_with_an_example(command: str) -> None:
    done = run(*command.split(), "--help")
    assert done.returncode == 0
    assert f"locbao {command} " in done.stdout.split("Usage:")[1].split("\n", 1)[1] or command == "train"


def test_importing_the_package_costs_nothing() -> None:
    code = "import sys; before = set(sys.modules); import locbao; print(*set(sys.modules) - before)"
    assert run("-c", code, command=[sys.executable]).stdout == "locbao\n"


def test_the_public_names() -> None:
    for name in locbao.__all__:
        assert getattr(locbao, name)
        assert name in dir(locbao)
    with pytest.raises(AttributeError, match="no attribute 'guess'"):
        locbao.guess  # type: ignore[attr-defined]  # noqa: B018
