"""Fixtures of the tests of model folders."""

from pathlib import Path

import pytest

from locbao.predict.store.folder import save
from tests.predict.store.small_model import MANIFEST, parts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small, sound model folder."""
    save(tmp_path / "model", parts(), MANIFEST, "# Card\n")
    return tmp_path / "model"
