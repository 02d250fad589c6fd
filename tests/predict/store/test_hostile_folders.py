"""Model folders that mean harm, more than three hundred kinds: each is refused by name, and nothing in it runs."""

from pathlib import Path

import pytest

from locbao.experiments.studies.hostile.folders import KINDS, MARK
from locbao.features.errors import LocbaoError
from locbao.predict.load import load
from locbao.predict.store.folder import save
from tests.predict.store.small_model import MANIFEST, parts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "model", parts(), MANIFEST, "# Card\n")
    return tmp_path / "model"


def test_the_folder_that_they_spoil_is_sound(folder: Path) -> None:
    page = load(folder).label("Lũ quét ở Nà Luông\n\nNước lũ làm ngập hai thôn.")
    assert [line.number for line in page.lines] == [1, 3]
    assert list(page.topic_scores) == ["flood"]


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_folders_are_refused(kind: str, folder: Path) -> None:
    KINDS[kind](folder)
    with pytest.raises(LocbaoError) as caught:
        load(folder)
    message = str(caught.value)
    assert str(folder) in message or ".joblib" in message
    assert message.isprintable()
    assert len(message) < 1000
    assert not (folder.parent / MARK).exists()
