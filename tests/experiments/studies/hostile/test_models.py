import os
import signal
from pathlib import Path

from locbao.experiments.studies.hostile import models
from locbao.experiments.studies.hostile.folders import GROUPS, KINDS


def test_the_tables_say_what_ran(tmp_path: Path) -> None:
    one_of_each = [next(kind for kind in KINDS if kind.startswith(f"{group},")) for group in GROUPS]
    models.run(one_of_each, tmp_path)
    text = (tmp_path / "hostile_models.md").read_text()
    (call,) = ([*map(str.strip, line.split("|"))] for line in text.splitlines() if "call, os.system" in line)
    assert (call[2], call[5]) == ("refused", "ran its code")


def fail(_: Path) -> None:
    raise ZeroDivisionError


def die(_: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_children_that_do_not_end_well(tmp_path: Path) -> None:
    assert models.in_child(fail, tmp_path / "model").what == "raised ZeroDivisionError"
    assert models.in_child(die, tmp_path / "model").what == "died of SIGKILL"
