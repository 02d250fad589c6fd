"""Fixtures of the tests of the command line."""

from pathlib import Path

import pytest

from tests.app.editing import rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A corpus with labels of a model, of which pages and lines are as the tests of the editor know them."""
    path = tmp_path / "draft.jsonl"
    path.write_bytes(rows().encode())
    return path
