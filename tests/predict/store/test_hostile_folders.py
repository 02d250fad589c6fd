"""Model folders that mean harm, more than three hundred kinds: each is refused by name, and nothing in it runs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from locbao.experiments.studies.hostile.folders import KINDS, MARK
from locbao.features.errors import LocbaoError
from locbao.features.topics.design import SIGNS
from locbao.predict.lines.sites import SiteMemory
from locbao.predict.load import load
from locbao.predict.store.folder import save
from tests.predict.store.small_model import MANIFEST, parts


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


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("temperature", [0.01, 100.0])
def test_whatever_the_schema_lets_in_gives_probabilities(sign: int, temperature: float, tmp_path: Path) -> None:
    """The largest weights that a model may have, and no warning of numpy's on the way."""

    def greatest(value: Any) -> Any:
        match value:
            case np.ndarray():
                return np.full_like(value, sign * (20 if len(value) == 2 else 10_000))
            case dict():
                return {key: greatest(inner) for key, inner in value.items()}
            case [float(), *_] if len(value) == SIGNS:
                return [sign * 10_000.0] * SIGNS
        return value

    extreme = greatest(parts(temperature=temperature))
    extreme["topics"]["topics"]["flood"] |= {"intercept": sign * 10_000.0, "article_intercept": sign * 10_000.0}
    save(tmp_path / "model", extreme, MANIFEST, "")
    model, memory = load(tmp_path / "model"), SiteMemory()
    texts = ["Lũ quét ở Nà Luông\n\nNước lũ làm ngập hai thôn.\nẢnh: Thu Hà", "<!doctype html><a href=x>Tin</a>", "a"]
    for text in texts * 2:
        memory.add("a.vn", f"{text} {len(text)}")
    for page in (*model.label_many(texts), *model.label_many(texts, sites=["a.vn"] * 3, memory=memory)):
        scores = np.array([[*line.scores.values()] for line in page.lines])
        assert (scores >= 0).all()
        np.testing.assert_allclose(scores.sum(axis=1), 1)
        assert 0 <= page.topic_scores["flood"] <= 1
        assert 0 <= page.article <= 1
