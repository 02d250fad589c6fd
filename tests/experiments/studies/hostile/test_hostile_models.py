import os
import signal
from pathlib import Path

from locbao.experiments.studies.hostile import hostile_models as models
from locbao.experiments.studies.hostile.folders import GROUPS, KINDS
from tests.support.tables import cells


def test_the_tables_say_what_ran(tmp_path: Path) -> None:
    one_of_each = [next(kind for kind in KINDS if kind.startswith(f"{group},")) for group in GROUPS]
    models.run(one_of_each, tmp_path)
    text = (tmp_path / "hostile_models.md").read_text()
    (call,) = (row for row in cells(text) if row[0] == "call, os.system")
    assert (call[1], call[4]) == ("refused", "ran its code")


def test_kinds_of_one_group_have_tables_too(tmp_path: Path) -> None:
    models.run(["manifest, empty"], tmp_path)
    assert cells((tmp_path / "hostile_models.md").read_text())[2][:4] == [GROUPS["manifest"], "1", "1", "0"]


def fail(_: Path) -> None:
    raise ZeroDivisionError


def die(_: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_children_that_do_not_end_well(tmp_path: Path) -> None:
    assert models.in_child(fail, tmp_path / "model").what == "raised ZeroDivisionError"
    assert models.in_child(die, tmp_path / "model").what == "died of SIGKILL"
