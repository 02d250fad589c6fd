"""`locbao train lines --base`: a model learns a site from a few pages, held near what it knew."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from locbao import adapt_lines
from locbao.predict.load import SHIPPED, load
from locbao.predict.store.folder import read
from locbao.predict.store.manifest import without_front_matter
from locbao.train.corpus.labelled_pages import read_corpus
from locbao.train.lines.adapt import PENALTIES, Adaptation
from tests.conftest import ROOT
from tests.support.command import locbao

pytestmark = pytest.mark.slow

NOTICE = "Theo ban biên tập, bài của bà con ở bản xa được phát lại trên loa của xã vào sáng thứ bảy hằng tuần."
"""A sentence that this site sets between the paragraphs of every article."""

PARAGRAPHS = (
    "Sáng sớm, tổ công tác của đồn đã có mặt ở bến để giúp bà con {} kéo thuyền lên bãi trước khi lũ về.",
    "Theo trưởng bản, năm nay nước lên nhanh hơn mọi năm, nhiều nương ngô ven suối {} đã ngập từ đêm hôm trước.",
    "Đến trưa cùng ngày, toàn bộ ba mươi hộ dân ở {} đã được đưa tới nơi an toàn, không có thiệt hại về người.",
)
PLACES = ("Tà Lèng", "Nậm Mu", "Pa Khôm", "Huổi Sen", "Khe Lạnh")


def page(place: str) -> dict[str, object]:
    first, *others = (paragraph.format(place) for paragraph in PARAGRAPHS)
    lines = [("Trang chủ", "sidebar"), ("Thời sự", "sidebar"), ("", None), (f"Bộ đội giúp dân {place} chạy lũ", "body")]
    lines += [(first, "body"), (NOTICE, "sidebar"), *((text, "body") for text in others), ("Chia sẻ", "sidebar")]
    return {"id": place, "site": "moi", "lines": [{"text": text, "label": label} for text, label in lines]}


def corpus(path: Path, *places: str) -> Path:
    path.write_text("".join(json.dumps(page(place)) + "\n" for place in places), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def adapted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapted")
    pages = corpus(folder / "mine.jsonl", *PLACES[:4])
    done = locbao("train", "lines", pages, "--base", "shipped", "-o", folder / "mine", "--no-track")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "each page scored by a model that has learned from the others" in done.stdout
    return folder


def test_what_the_site_does_is_learned(adapted: Path) -> None:
    text = "\n".join(line["text"] for line in page(PLACES[4])["lines"])  # type: ignore[attr-defined]
    before, after = (
        {line.text: line.label for line in load(each).label(text).lines} for each in (None, adapted / "mine")
    )
    assert before[NOTICE] == "body"
    assert after == {line["text"]: line["label"] for line in page(PLACES[4])["lines"] if line["text"]}  # type: ignore[attr-defined]


def test_nothing_else_is_forgotten(adapted: Path) -> None:
    shipped, mine = load(), load(adapted / "mine")
    changed = []
    for path in sorted((ROOT / "app" / "demo").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        old, new = shipped.label(text), mine.label(text)
        pairs = zip(new.lines, old.lines, strict=True)
        changed += [before for after, before in pairs if after.label != before.label]
        assert new.topics == pytest.approx(old.topics, abs=0.001)  # lines count by how sure the model is of them
    assert len(changed) <= 1
    assert all(line.score < 0.55 for line in changed)  # whose label is as good as a guess to the shipped model
    assert mine.topics == shipped.topics
    assert mine.manifest["site"] == shipped.manifest["site"]
    assert mine.manifest["configuration"]["base"] == shipped.digest
    files = [file["file"] for file in mine.manifest["data"]]
    assert files == ["mine.jsonl", *(file["file"] for file in shipped.manifest["data"])]
    card = (adapted / "mine" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlanguage: vi\n")
    assert card.count("\nlanguage: vi\n") == 1
    assert card.endswith(without_front_matter((SHIPPED / "MODEL_CARD.md").read_text(encoding="utf-8")))


def test_it_is_compared_with_the_shipped_model_without_a_store(adapted: Path) -> None:
    other = corpus(adapted / "other.jsonl", PLACES[4])
    done = locbao("models", "compare", "shipped", adapted / "mine", other)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "; lost: 0; wrong as before: 0; won: " in done.stdout


def test_a_base_that_has_learned_the_same_pages_is_named(adapted: Path, tmp_path: Path) -> None:
    again, said = corpus(tmp_path / "again.jsonl", *PLACES[:4]), list[str]()
    adapt_lines(again, tmp_path / "again", adapted / "mine", tell=said.append)
    assert sum(line.startswith("mine has learned from again.jsonl already") for line in said) == 1
    adapt_lines(corpus(tmp_path / "new.jsonl", PLACES[4]), tmp_path / "new", adapted / "mine", tell=said.append)
    assert sum("already" in line for line in said) == 1


def test_one_page_is_learned_from_unscored(tmp_path: Path) -> None:
    pages = corpus(tmp_path / "mine.jsonl", PLACES[0])
    said: list[str] = []
    digest = adapt_lines(pages, tmp_path / "mine", SHIPPED, tell=said.append)
    assert any(line.startswith("not scored") for line in said)
    assert load(tmp_path / "mine").digest == digest
    assert adapt_lines(pages, tmp_path / "mine", "shipped", force=True, tell=said.append) != ""
    assert load(tmp_path / "mine").manifest["scores"] == {}


def test_pages_that_nobody_is_sure_of_choose_no_penalty(tmp_path: Path) -> None:
    pages = [replace(page, sure=(False,) * len(page.sure)) for page in read_corpus([corpus(tmp_path / "a", *PLACES)])]
    said: list[str] = []
    assert Adaptation(read(SHIPPED).parts["lines"], pages).cross_validated(said.append) == ({}, PENALTIES[1])
    assert said == ["not scored: there is no other page to learn from, or no article with lines that are sure"]


def test_what_the_base_decides_is_not_given(tmp_path: Path) -> None:
    pages = corpus(tmp_path / "mine.jsonl", PLACES[0])
    for option in (["--seed", "2"], ["--material", pages], ["--config", pages], ["--predictions", tmp_path / "p"]):
        done = locbao("train", "lines", pages, "--base", "shipped", "-o", tmp_path / "mine", *option)
        assert (done.exit_code, "leave out" in done.stderr.lower()) == (2, True), done.stderr
    done = locbao("train", "lines", "--base", "shipped", "-o", tmp_path / "mine", "--no-track")
    assert (done.exit_code, "Give a corpus of your own site" in done.stderr) == (1, True)
    done = locbao("train", "lines", pages, "--base", tmp_path / "none", "-o", tmp_path / "mine", "--no-track")
    assert done.exit_code == 1
    assert not (tmp_path / "mine").exists()
