"""Site memory in Python: what is counted, and what becomes of lines that stand on many pages of their site."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import locbao
from locbao.features.page import Page
from locbao.predict.lines.sites import Counters, NoSitePart, SiteMemory, SiteModel, open_memory, without_headline
from locbao.predict.model import Model
from tests.conftest import ROOT
from tests.predict.lines.site_pages import ARTICLES, PART, TEMPLATE, labels, load_sure, page, remembered

PAGES = [page(number) for number in range(6)]


@pytest.fixture(scope="module")
def sure() -> Model:
    return load_sure()


class TestCounters:
    @given(st.lists(st.sets(st.integers(0, 2**64 - 1), max_size=20), max_size=30))
    def test_no_count_is_too_low(self, pages: list[set[int]]) -> None:
        counters = Counters.empty(4)
        for keys in pages:
            counters.add(np.array(sorted(keys), dtype=np.uint64))
        every = np.array(sorted(set().union(*pages)), dtype=np.uint64)
        true = [sum(key in keys for keys in pages) for key in every.tolist()]
        assert (counters.count(every) >= true).all()

    def test_counts_are_right_where_there_is_room(self) -> None:
        counters, keys = Counters.empty(20), np.random.default_rng(0).integers(0, 2**63, 500, dtype=np.uint64)
        for times in range(500):
            counters.add(keys[times:])
        assert counters.count(keys).tolist() == list(range(1, 501))

    def test_a_full_cell_stays_full(self) -> None:
        counters, key = Counters.empty(2), np.array([7], dtype=np.uint64)
        counters.cells[:] = np.iinfo(np.uint16).max - 1
        counters.add(key)
        counters.add(key)
        assert counters.count(key) == [65535]


class TestShares:
    def test_of_other_pages(self) -> None:
        memory = remembered("lang", ["a\nchung", "b\nchung", "c\nchung", "d"])
        assert memory.shares("lang", ["a", "chung", "d", "lạ"]).tolist() == [0, 0.5, 0, 0]

    def test_of_one_page_alone_there_are_none(self) -> None:
        assert remembered("lang", ["a\nb"]).shares("lang", ["a", "b"]).tolist() == [0, 0]

    def test_sites_know_nothing_of_each_other(self) -> None:
        memory = remembered("lang", PAGES)
        memory.add("ban", PAGES[0])
        assert not memory.shares("ban", Page.from_text(PAGES[0]).lines).any()
        assert not memory.shares("", Page.from_text(PAGES[0]).lines).any()

    def test_a_line_counts_once_a_page_however_it_is_spelled(self) -> None:
        memory = remembered("lang", ["hoà  bình\nhòa bình\n1", "hòa bình\n2"])
        assert memory.shares("lang", ["hòa bình"]).tolist() == [0.5]

    @pytest.mark.parametrize("again", [PAGES[0], f"{PAGES[0]}\nCập nhật", PAGES[0].replace("Thời sự", "Mới")])
    def test_an_article_that_was_fetched_twice_counts_once(self, again: str) -> None:
        once, twice = remembered("lang", PAGES), remembered("lang", [PAGES[0], again, *PAGES[1:]])
        lines = Page.from_text(PAGES[0]).lines
        assert twice.shares("lang", lines).tolist() == once.shares("lang", lines).tolist()

    def test_the_order_of_pages_does_not_matter(self) -> None:
        there, back = remembered("lang", PAGES), remembered("lang", reversed(PAGES))
        assert there.shares("lang", [TEMPLATE, "Trang chủ"]).tolist() == [5 / 6, 5 / 6]
        assert back.shares("lang", [TEMPLATE, "Trang chủ"]).tolist() == [5 / 6, 5 / 6]

    def test_they_are_the_same_when_read_again(self, tmp_path: Path) -> None:
        memory, lines = remembered("lang", PAGES), Page.from_text(PAGES[1]).lines
        memory.save(tmp_path / "sites.npy")
        again = open_memory(tmp_path / "sites.npy")
        assert again.shares("lang", lines).tolist() == memory.shares("lang", lines).tolist()


class TestLabels:
    def test_what_stands_on_many_pages_of_a_site_becomes_sidebar(self, sure: Model) -> None:
        memory = remembered("lang", PAGES)
        for text, told in zip(PAGES, sure.label_many(PAGES, sites=["lang"] * 6, memory=memory), strict=True):
            alone = sure.label(text)
            changed = {line for line, label in labels(told).items() if labels(alone)[line] != label}
            assert labels(alone)[TEMPLATE] == "body"
            assert TEMPLATE in changed
            assert all(labels(told)[line] == "sidebar" and all(line in page for page in PAGES) for line in changed)

    def test_topics_follow_from_the_body_that_is_left(self, sure: Model) -> None:
        [told] = sure.label_many(PAGES[:1], sites=["lang"], memory=remembered("lang", PAGES))
        assert "drug_crime" in sure.label(PAGES[0]).topics
        assert "drug_crime" not in told.topics

    def test_pages_of_another_site_and_of_none_are_labelled_as_ever(self, sure: Model) -> None:
        told = sure.label_many([PAGES[0]] * 2, sites=["ban", ""], memory=remembered("lang", PAGES))
        assert list(told) == list(sure.label_many([PAGES[0]] * 2))

    @pytest.mark.parametrize("path", sorted((ROOT / "app" / "demo").iterdir()), ids=lambda path: path.stem)
    def test_a_batch_of_one_page_is_labelled_as_ever(self, sure: Model, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert list(sure.label_many([text], sites=["lang"], memory=remembered("lang", [text]))) == [sure.label(text)]

    def test_other_pages_may_link_to_an_article_by_its_headline(self, sure: Model) -> None:
        linking = [f"{text}\nĐọc nhiều\n" + "\n".join(title for title, *_ in ARTICLES) for text in PAGES]
        memory = remembered("lang", linking)
        assert memory.shares("lang", [ARTICLES[0][0]]) > 0.5
        for number, told in enumerate(sure.label_many(PAGES, sites=["lang"] * 6, memory=memory)):
            headline = ARTICLES[number][0]
            assert labels(told)[headline] == labels(sure.label(PAGES[number]))[headline]

    @settings(max_examples=10, deadline=None)
    @given(st.permutations(range(6)))
    def test_the_order_of_pages_changes_nothing(self, sure: Model, order: list[int]) -> None:
        texts = [PAGES[number] for number in order]
        told = list(sure.label_many(texts, sites=["lang"] * 6, memory=remembered("lang", texts)))
        expected = sure.label_many(PAGES, sites=["lang"] * 6, memory=remembered("lang", PAGES))
        assert {number: page.lines for number, page in zip(order, told, strict=True)} == {
            number: page.lines for number, page in enumerate(expected)
        }

    def test_a_model_without_the_part_says_how_to_get_one(self) -> None:
        model = load_sure()
        model.site_model = None
        with pytest.raises(NoSitePart, match=r"no part for site memory\. `locbao train lines` makes one if its corpus"):
            next(model.label_many(PAGES, sites=["lang"] * 6, memory=SiteMemory()))
        assert len(list(model.label_many(PAGES))) == len(PAGES)

    def test_sites_and_memory_come_together(self, sure: Model) -> None:
        with pytest.raises(TypeError, match="takes sites and memory together"):
            next(sure.label_many(PAGES, sites=["lang"] * 6))
        with pytest.raises(ValueError, match="fewer sites than texts"):
            list(sure.label_many(PAGES, sites=["lang"], memory=SiteMemory()))


class TestSiteModel:
    def test_a_share_moves_the_odds_of_sidebar_alone(self) -> None:
        before = np.array([[0.6, 0.3, 0.1]] * 4)
        after = SiteModel(PART).with_shares(before, np.array([0.0, 0.04, 0.1, 0.5]))
        assert after[:2].tolist() == before[:2].tolist()
        assert after.sum(axis=1) == pytest.approx(1)
        odds = after[:, 2] / after[:, 0] / (0.1 / 0.6)
        assert np.log(odds) == pytest.approx([0, 0, 4, 12])
        assert after[:, 1] / after[:, 0] == pytest.approx(0.5)

    def test_the_headline_is_the_first_body_line_of_some_words(self) -> None:
        lines = ["MENU", "Kinh tế", "Cầu treo nối đôi bờ", "chữ", "Cầu treo nối đôi bờ"]
        shares = without_headline(lines, np.array([2, 0, 0, 0, 2]), np.ones(5))
        assert shares.tolist() == [1, 1, 0, 1, 0]
        assert without_headline([], np.array([], dtype=np.int64), np.zeros(0)).tolist() == []


@pytest.mark.parametrize(("sites", "how"), [(["a", "b"], "more"), ([], "fewer")])
def test_more_or_fewer_sites_than_texts_are_a_mistake(sites: list[str], how: str) -> None:
    with pytest.raises(ValueError, match=f"{how} sites than texts"):
        list(locbao.load().label_many(["tin"], sites=sites, memory=SiteMemory()))
