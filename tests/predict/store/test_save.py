"""Saving model folders: whole or not at all, over nothing but an older model, and nothing that could not be read."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from locbao.predict.store.audit import UnsafePart
from locbao.predict.store.folder import read, save
from locbao.predict.store.manifest import UnreadableModel, UnsavedModel
from tests.predict.store.small_model import MANIFEST, parts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "model", parts(), MANIFEST, "# Old\n")
    return tmp_path / "model"


def test_only_models_are_replaced(folder: Path, tmp_path: Path) -> None:
    save(folder, parts(temperature=2.0), MANIFEST, "# Newer\n")
    assert read(folder).parts["lines"]["temperature"] == 2.0
    (tmp_path / "notes").mkdir()
    save(tmp_path / "notes", parts(), MANIFEST, "# In an empty folder\n")
    (tmp_path / "notes" / "thesis.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "notes", tmp_path / "file"):
        with pytest.raises(UnsavedModel, match="holds other things than a model"):
            save(place, parts(), MANIFEST, "# Newest\n")
    assert (tmp_path / "notes" / "thesis.txt").read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "model", "notes"]


def test_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnsavedModel, match="not saved"):
        save(tmp_path / "file" / "model", parts(), MANIFEST, "")


@pytest.mark.parametrize(
    "part",
    [
        print,
        {1, 2},
        np.array([object()]),
        np.int64(3),
        LogisticRegression(),
        np.datetime64("2024-01-01"),
        lambda: 1,
        np.zeros(2, dtype="f8,i4"),
        {(1, 2): 3},
        {1: 2},
        Path(),
    ],
)
def test_what_could_not_be_read_is_not_saved(tmp_path: Path, part: object) -> None:
    with pytest.raises(UnsafePart, match="'lines'"):
        save(tmp_path / "model", {"lines": [part]}, MANIFEST, "")
    assert not list(tmp_path.iterdir())


def test_what_would_be_refused_is_not_saved(tmp_path: Path) -> None:
    for part, fault in ((parts(temperature=np.nan), "temperature is no number"), ({"site": 1}, "model's files")):
        with pytest.raises(UnreadableModel, match=fault):
            save(tmp_path / "model", part, MANIFEST, "")
    with pytest.raises(UnreadableModel, match="no name for a file of a model"):
        save(tmp_path / "model", {**parts(), "../lines": 1}, MANIFEST, "")
    assert not list(tmp_path.iterdir())


def test_a_manifest_too_long_to_be_read_replaces_nothing(folder: Path) -> None:
    many = [{"file": f"pages-{number}.jsonl", "sha256": "0" * 64} for number in range(12_000)]
    with pytest.raises(UnsavedModel, match=r"its manifest would have 1,[\d,]+ bytes.+ fewer files"):
        save(folder, parts(), {**MANIFEST, "data": many}, "# New\n")
    assert read(folder).card == "# Old\n"


KILLED = """
import os, sys
from pathlib import Path
from locbao.predict.store import folder as store
from tests.predict.store.small_model import MANIFEST, parts
folder, step = Path(sys.argv[1]), 0
def counted(name):
    real = getattr(os, name)
    def wrapper(*args, **kwargs):
        global step
        step += 1
        if step == at:
            os._exit(9)
        return real(*args, **kwargs)
    setattr(os, name, wrapper)
for name in ("fsync", "rename", "mkdir"):
    counted(name)
at = int(sys.argv[2])
while True:
    if (child := os.fork()) == 0:
        store.save(folder, parts(), MANIFEST, "# New")
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(at, code, *sorted(p.name for p in folder.iterdir()) if folder.exists() else ["nothing"], flush=True)
    if code != 9:
        break
    at += 1
"""


def test_a_killed_save_leaves_no_half_model(tmp_path: Path) -> None:
    """Killed at each write to the disk in turn: afterwards the folder is not there, or whole."""
    folder = tmp_path / "model"
    run = subprocess.run([sys.executable, "-c", KILLED, folder, "1"], capture_output=True, text=True, check=True)
    *killed, last = run.stdout.splitlines()
    assert len(killed) >= 5
    whole = "MODEL_CARD.md lines.joblib manifest.json site.joblib topics.joblib"
    assert {line.split(" ", 2)[2] for line in killed} <= {"nothing", whole}
    assert last.endswith(f" 0 {whole}")
    assert read(folder).card == "# New"


@pytest.mark.parametrize("at", range(1, 8))
def test_an_interrupted_save_leaves_the_old_model(folder: Path, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0

    def interrupted(real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == at:
                raise KeyboardInterrupt
            return real(*args, **kwargs)

        return wrapper

    digest = read(folder).digest
    for name in ("fsync", "rename", "mkdir"):
        monkeypatch.setattr(os, name, interrupted(getattr(os, name)))
    with pytest.raises(KeyboardInterrupt):
        save(folder, parts(), MANIFEST, "# New")
    assert read(folder).digest == digest
    assert [p.name for p in folder.parent.iterdir()] == ["model"]
