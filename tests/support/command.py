"""The command line as tests run it: in this process, in one of its own, in a terminal."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from typer.testing import CliRunner

from locbao.cli.main import app
from tests.conftest import ROOT

COMMAND = [sys.executable, "-m", "tests.support.fake_model"]
"""`locbao` with the stand-in model."""

PAGE = "Trang chủ\n\nĐồn biên phòng trồng thêm ba nghìn cây quế\nQuế giống ở vườn ươm. Ảnh: Lò Thị Mây\n"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}


class Done(NamedTuple):
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str


def locbao(*arguments: object, stdin: str = "") -> Done:
    """The command line in this process."""
    result = CliRunner().invoke(app, [*map(str, arguments)], input=stdin, prog_name="locbao", catch_exceptions=False)
    return Done(result.exit_code, result.stdout, result.stderr)


def process(*arguments: object, stdin: str = "", command: list[str] = COMMAND) -> Done:
    """A command in a process of its own: without other arguments, `locbao` with the stand-in model."""
    done = subprocess.run(
        [*command, *map(str, arguments)],
        input=stdin.encode(),
        capture_output=True,
        cwd=ROOT,
        env=ENVIRONMENT,
        timeout=300,
        check=False,
    )
    result = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in result.stderr
    return result


def in_terminal(stream: str, *arguments: object) -> tuple[int, str]:
    """The exit code, and what a terminal shows of `stdout` or `stderr`, whichever `stream` is."""
    leader, follower = pty.openpty()
    environment = {**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "80"}
    command = [*COMMAND, *map(str, arguments)]
    if stream == "stdout":
        started = subprocess.Popen(command, stdout=follower, cwd=ROOT, env=environment)
    else:
        started = subprocess.Popen(command, stderr=follower, cwd=ROOT, env=environment)
    with started:
        os.close(follower)
        shown = b""
        try:
            while data := os.read(leader, 4096):
                shown += data
        except OSError:  # the way Linux tells that the other side has gone
            pass
    os.close(leader)
    return started.returncode, shown.decode()


def heed_interrupts() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so does all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Returns when the condition holds; fails if it does not within so many seconds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"waited {seconds:g} s in vain"
        time.sleep(0.02)
