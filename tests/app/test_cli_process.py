"""The command line as a process: its pipes, terminals and signals, how it starts and how it ends."""

import array
import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
from pathlib import Path
from typing import IO

import pytest

import locbao
from locbao.__main__ import main
from tests.conftest import ROOT
from tests.support.command import COMMAND, ENVIRONMENT, heed_interrupts, in_terminal, process, wait_for


def test_a_page_to_standard_output(page: Path) -> None:
    done = process("predict", page)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "ba nghìn cây quế" in json.loads(done.stdout)["lines"][1]["text"]


def test_a_batch_from_a_pipe_to_a_pipe() -> None:
    done = process("predict", "-", stdin='{"id": 1, "text": "tin"}\n{"id": 2}\n')
    assert (done.exit_code, len(done.stdout.splitlines())) == (3, 1)
    assert done.stderr.splitlines()[-1] == "Inputs rejected: 1, listed above"


def test_wrong_usage() -> None:
    done = process("guess")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: locbao ")


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


@pytest.mark.parametrize(
    "command", ["show", "predict", "evaluate", "corpus next", "corpus check", "corpus edit", "models compare x"]
)
def test_a_standard_output_that_is_closed(page: Path, command: str) -> None:
    words = [*COMMAND, *command.split(), str(page)]
    done = subprocess.run(words, stderr=subprocess.PIPE, cwd=ROOT, check=False, timeout=60, preexec_fn=without_output)
    assert done.returncode == 1
    assert done.stderr.decode() == "Error: standard output: is closed. Leave it open, or write to a file.\n"


def without_output() -> None:
    """As `>&-` leaves a process."""
    os.close(1)


def test_show_in_a_terminal_has_colours(page: Path) -> None:
    code, shown = in_terminal("stdout", "show", page)
    assert code == 0
    assert "\x1b[1;32mbody" in shown


def test_a_terminal_that_is_not_utf8_gets_escapes(page: Path) -> None:
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*COMMAND, "show", page], capture_output=True, cwd=ROOT, env=environment, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Trang ch\\u1ee7" in done.stdout


def test_a_closed_pipe_ends_in_silence() -> None:
    rows = "".join(f'{{"id": {n}, "text": "tin {"x" * 1000}"}}\n' for n in range(500))
    with subprocess.Popen(
        [*COMMAND, "predict", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as started:
        assert started.stdin
        assert started.stdout
        assert started.stderr
        started.stdout.close()
        try:
            started.stdin.write(rows.encode())
            started.stdin.close()
        except BrokenPipeError:
            pass
        assert started.stderr.read() == b""
        assert started.wait(60) == 141


def test_what_was_printed_before_a_failure_is_told() -> None:
    code = """
import typer, contextlib
from locbao.cli.console import one_message
with contextlib.suppress(typer.Exit), one_message():
    print("a comparison")
    raise OSError(28, "No space left on device", "changes.csv")
"""
    done = process("-c", code, command=[sys.executable])
    assert done.stdout == "a comparison\n"
    assert done.stderr.startswith("Error: changes.csv: No space left on device.")


def test_an_interrupt_is_one_line_and_leaves_no_half_file(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "predict", "-", "-o", tmp_path / "out.jsonl"], stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=ROOT, preexec_fn=heed_interrupts,
    ) as started:  # fmt: skip
        stdin = started.stdin
        assert stdin
        assert started.stderr
        stdin.write(b'{"id": 1, "text": "tin"}\n')
        stdin.flush()
        wait_for(lambda: (tmp_path / "out.jsonl.part").exists() and unread(stdin) == 0)
        started.send_signal(signal.SIGINT)
        assert started.stderr.read() == b"Interrupted.\n"
        assert started.wait(60) == 130
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_before_a_command_runs_is_one_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("locbao.cli.main.app", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr().err) == (130, "Interrupted.\n")


def test_an_interrupt_while_the_command_is_imported_is_one_line_too() -> None:
    code = """
import sys
from locbao.__main__ import main

class Interrupted:
    def find_spec(self, name, path, target=None):
        if name == "locbao.cli.main":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupted())
main()
"""
    assert process("-c", code, command=[sys.executable]) == (130, "", "Interrupted.\n")


def unread(pipe: IO[bytes]) -> int:
    """Bytes in a pipe that its reader has not taken yet."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def test_help_and_version_come_at_once_and_load_nothing_heavy() -> None:
    done = process("--help", command=[sys.executable, "-X", "importtime", "-m", "locbao"])
    assert "Exit codes: 0 all done" in done.stdout
    loaded = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"numpy", "scipy", "sklearn", "rich", "asyncio", "importlib.metadata"}
    assert process("--version").stdout == f"locbao {locbao.__version__}\n"


def test_importing_the_package_costs_nothing() -> None:
    code = "import sys; before = set(sys.modules); import locbao; print(*set(sys.modules) - before)"
    assert process("-c", code, command=[sys.executable]).stdout == "locbao\n"
