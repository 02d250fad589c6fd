"""Which file of material is what, and what of it is kept out."""

import gzip
import json
from pathlib import Path

import pytest

from locbao.train.composer.recipe import Recipe
from locbao.train.composer.sources import Sources, read_sources
from locbao.train.corpus.corpus_files import CorpusError, example_corpus
from tests.support.training import ONE_SITE, TWO_SITES

ARTICLE = {"id": "kho/1", "title": "Cầu mới ở bản Nà", "body": ["Bà con trong bản đã góp công dựng lại cây cầu treo."]}
SECTION = {"id": "s", "site": "núi", "lines": [{"text": "Mục Thời sự", "label": "sidebar"}]}


def written(path: Path, *rows: object) -> Path:
    data = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def headlines(*sites: str) -> list[dict[str, str]]:
    return [{"title": f"Mưa lớn ở {site}", "newspaper": site} for site in sites]


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz"])
def test_the_first_row_tells_what_a_file_holds(tmp_path: Path, ending: str) -> None:
    material = [
        written(tmp_path / f"a.{ending}", ARTICLE),
        written(tmp_path / f"h.{ending}", *headlines("núi", "biển")),
        written(tmp_path / f"p.{ending}", SECTION),
    ]
    sources = read_sources([ONE_SITE], material)
    assert [article.id for article in sources.articles] == ["kho/1"]
    assert [headline.title for headline in sources.headlines] == ["Mưa lớn ở núi", "Mưa lớn ở biển"]
    assert [page.id for page in sources.pages] == ["s"]
    assert {page.site for page in sources.corpus} == {"lamgiang"}
    assert sources == read_sources([ONE_SITE], [tmp_path])


def test_headlines_of_the_corpus_sites_are_left_out(tmp_path: Path) -> None:
    rows = headlines("lamgiang", "https://www.lamgiang.vn/tin", "lamgiang.vn - Thời sự", "núi", "")
    sources = read_sources([ONE_SITE], [written(tmp_path / "h.jsonl", *rows)])
    assert [headline.site for headline in sources.headlines] == ["núi", ""]


def test_without_a_corpus_it_is_the_examples() -> None:
    sources = read_sources([], [])
    assert {page.site for page in sources.corpus} == {path.stem for path in example_corpus()}
    assert len(sources.layouts) >= 40


def test_a_folder_is_its_corpora(tmp_path: Path) -> None:
    for path in TWO_SITES:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "README.md").write_text("not a corpus")
    assert {page.site for page in read_sources([tmp_path], []).corpus} == {"lamgiang", "nhippho"}


def test_a_folder_without_any(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus in this folder"):
        read_sources([tmp_path], [])


def test_a_first_row_that_is_nothing_known(tmp_path: Path) -> None:
    path = written(tmp_path / "x.jsonl", {"text": "Cầu mới"})
    with pytest.raises(CorpusError, match=r'x\.jsonl:1: no "title"'):
        read_sources([ONE_SITE], [path])


def composed_texts(sources: Sources) -> set[str]:
    return {line for page in sources.compose(40, 1, Recipe(real_page=1.0, noisy_page=0.0)) for line in page.lines}


def test_real_furniture_comes_from_the_corpus_alone(tmp_path: Path) -> None:
    """Pages of the material are of many sites, a few lines of furniture each; and they are never held out."""
    menu = [f"Mục của báo núi số {n}" for n in range(30)]
    section = {"id": "s", "site": "núi", "lines": [{"text": text, "label": "sidebar"} for text in menu]}
    path = written(tmp_path / "s.jsonl", section)
    assert not composed_texts(read_sources(TWO_SITES, [path])) & set(menu)
    assert composed_texts(read_sources([*TWO_SITES, path], [])) & set(menu)


def test_nothing_is_composed_of_nothing(tmp_path: Path) -> None:
    sections = read_sources([written(tmp_path / "s.jsonl", SECTION)], [])
    assert sections.compose(0, 1, Recipe()) == []
    with pytest.raises(CorpusError, match="no article with a headline"):
        sections.compose(1, 1, Recipe())
