"""The words are those of `underthesea.word_tokenize`, and its parts do what they say."""

import gzip
import json
import random
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from itertools import chain, pairwise, product
from pathlib import Path

import numpy as np
import pycrfsuite
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.features.segmentation.model_files import CrfWeights, read_word_model
from locbao.features.segmentation.reference import word_tokenize
from locbao.features.segmentation.segmenter import segmenter
from locbao.features.segmentation.tagging import TwoLabels

REAL_LINES = 10_000

# fmt: off
HOSTILE = [
    "", " ", "\n", "A.", "A. ", "A.\n", "A. \n", "A.\n\n", "TP. HCM và T.Ư", "Ông N.V.A., ở Q. 1, bị bắt.",
    "a.b", "Th.S. Lan", "v.v.", "v.v...", "v.v", "Vân vân v.v.. là thế", "==> -> => >> ->", "...", "…", "a...b",
    "--- -- -", "H'Mông, N’Thôn Hạ", "AT&T và H&M", "e-mail", "E-mail: toa.soan@baolamgiang.vn",
    "xem https://lamgiang.vn/tin-tuc/a_b?x=1&y=(2).", "www.lamgiang.vn", "lamgiang.vn/abc", "http://",
    "http://a", "http://(a)(b)(c)!!!", "ftp://a.b/c", "http://.....", "a@b.c d@e", "@a.vn a.vn@",
    "0912-345-678", "03-5730-2357", "02/05/2014", "02/2014", "2014/08/20", "10:20:50", "8h30", "20.08.2014",
    "60.542.000 đồng", "4.123,2", "100,000,000", "1_000", "1,5 1.5 1. 1,", "43H-0530 và 29A1-123.45", "4K",
    "F16B52", "3x4", "10%", "5°C 40°F 3°", "+84", "-5",
    "2147483647 2147483648 0000000000001 99999999999999999999", "１２３ ٣ ² ½ Ⅷ",
    ":) :)) =)) :D :D:D <3 ♥‿♥ :Dương", "Đạo diễn :Dương Tuấn Anh", "(a) [b] {c} “d” «e» ‘f’ \"g\" 'h'", "ʺ",
    "× ÷ ^ _ = < > $ € ₫", "a_b _ __a", "a-b-c a- -a a--b", "BOS", "EOS", "bos eos BOS EOS", "Hà Nội BOS",
    "True False", "İstanbul ǅ ß ẞ ŉ ﬁ Σ ΟΔΟΣ ς", "中国 日本語 한국어 ไทย ລາວ ខ\u17d2មែរ", "😀 👨\u200d👩\u200d👧 🇻🇳",
    "e\u0301\u0323 o\u031b\u0301 \u0301a", "\u1100\u1161\u11a8 \u212b \u2126 \uf900", "Đà Nẵng ðà Ðà",
    "hoà hòa thuỷ thủy quý qúy", "tuơng nghiã đuờng Truờng TRUỜNG", "chuơng_trình",
    "a\xa0b\u3000c\u2003d\u2028e\x1cf\x85g", "a\u200bb\ufeffc\xadd", "\x00a\x01", "&amp; &nbsp; a&b A&B",
    "HÀ NỘI", "hà nội", "Hà nội", "hÀ nỘI", "Hà  Nội",
    "Thủ tướng Chính phủ nước Cộng hòa xã hội chủ nghĩa Việt Nam", "NĐ-CP số 15/2020/NĐ-CP", "xuất nhập khẩu",
    "học sinh học sinh học", "ông già đi nhanh quá", "a a a a a a a a a a a a a a a",
]
# fmt: on

PARTS = st.one_of(
    st.sampled_from(
        [
            *"aàạăâđeêhoquyơưTHĐÐð0123456789.,:;!?…“”'()[]/|_-–@#&%$+<>=\t\n\u00a0\u200b\u0301\u0323😀中한ß",
            " ",
            " ",
            " ",
        ]
    ),
    st.sampled_from(
        [
            "A.",
            "http://",
            ".vn",
            "v.v",
            "học",
            " sinh",
            " Hà",
            " Nội",
            "BOS",
            " biên",
            " phòng",
            "hoà",
            " việc",
            " 12/",
            "NĐ-CP",
        ]
    ),
    st.characters(exclude_categories=["Cs"]),
)
TEXT = st.lists(PARTS, max_size=40).map("".join)


@pytest.fixture(scope="module")
def reference() -> Callable[[str], tuple[str, ...]]:
    """The words of a line from underthesea itself, written as ours are."""
    split = word_tokenize()
    return lambda line: tuple(word.lower().replace(" ", "_") for word in split(line))


def differing(lines: Sequence[str], reference: Callable[[str], tuple[str, ...]]) -> list[str]:
    found = segmenter().segment_many(lines)
    return [line for line, words in zip(lines, found, strict=True) if words != reference(line)]


class TestSameWords:
    @pytest.mark.parametrize("line", HOSTILE)
    def test_hostile_lines(self, line: str, reference: Callable[[str], tuple[str, ...]]) -> None:
        assert segmenter().words(line) == reference(line)

    @settings(deadline=None, max_examples=400)
    @given(line=TEXT)
    def test_any_line(self, line: str, reference: Callable[[str], tuple[str, ...]]) -> None:
        assert segmenter().words(line) == reference(line)

    def test_ties(self, reference: Callable[[str], tuple[str, ...]]) -> None:
        """Titles in a foreign language are tokens of equal weights, whose sums are equal but for rounding errors."""
        chance = random.Random(0)
        words = ["Cars", "Are", "So", "They", "xyz", "qwe", "Given", "Away", "zz", "Foo"]
        lines = [" ".join(chance.choices(words, k=chance.randint(4, 16))) for _ in range(2_000)]
        assert differing(lines, reference) == []

    def test_example_corpus(self, reference: Callable[[str], tuple[str, ...]]) -> None:
        assert differing(sorted(example_lines()), reference) == []

    @pytest.mark.slow
    def test_real_lines(self, shared_data: Path, reference: Callable[[str], tuple[str, ...]]) -> None:
        lines = sorted(set(chain(page_lines(shared_data), article_lines(shared_data))))
        random.Random(0).shuffle(lines)
        assert len(lines) >= REAL_LINES
        assert differing(lines[:REAL_LINES], reference) == []


def example_lines() -> set[str]:
    folder = files("locbao.train") / "data" / "examples"
    texts = [file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".jsonl")]
    pages = [json.loads(row) for text in texts for row in text.splitlines()]
    lines = sorted({line["text"] for page in pages for line in page["lines"]})
    return {*lines, *(unicodedata.normalize("NFD", line) for line in lines[::4]), *map(str.upper, lines[1::4])}


def page_lines(folder: Path) -> Iterable[str]:
    """All lines of the pages labelled by hand and of section pages: menus, credits, addresses."""
    with (
        (folder / "gold_pages.jsonl").open(encoding="utf-8") as gold,
        gzip.open(folder / "section_pages.jsonl.gz", "rt") as rest,
    ):
        for row in chain(gold, rest):
            yield from (line["text"] for line in json.loads(row)["lines"])


def article_lines(folder: Path, every: int = 20) -> Iterable[str]:
    """The lines of one article in `every`."""
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        for number, row in enumerate(file):
            if number % every == 0:
                article = json.loads(row)
                yield from (article["title"], article["lead"], *article["body"], *article["captions"])


class TestWeights:
    def test_all_weights_of_the_file(self) -> None:
        """Against CRFsuite's own reader, which writes them with six digits."""
        model = read_word_model()
        assert model is not None
        tagger = pycrfsuite.Tagger()
        from locbao.features.segmentation.model_files import _MODEL  # the path inside underthesea

        tagger.open(str(Path(str(files("underthesea"))) / _MODEL / "models.bin"))
        info = tagger.info()
        weights = model.weights
        place = {attribute: number for number, attribute in enumerate(weights.attributes)}
        assert place == {attribute: int(number) for attribute, number in info.attributes.items()}
        labels = {label: int(number) for label, number in info.labels.items()}
        assert weights.labels == tuple(sorted(labels, key=labels.__getitem__))
        state, transition = np.zeros_like(weights.state), np.zeros_like(weights.transition)
        for (attribute, label), weight in info.state_features.items():
            state[place[attribute], labels[label]] = weight
        for (source, target), weight in info.transitions.items():
            transition[labels[source], labels[target]] = weight
        assert np.abs(state - weights.state).max() < 1e-6
        assert np.abs(transition - weights.transition).max() < 1e-6

    @pytest.mark.parametrize("data", [b"", b"lCRF", bytes(100), b"lCRF" + bytes(100)])
    def test_another_file(self, data: bytes) -> None:
        with pytest.raises(ValueError, match="no CRFsuite model"):
            CrfWeights.of(data)


class TestLabels:
    @settings(deadline=None, max_examples=100)
    @given(st.integers(0, 10**6), st.lists(st.integers(1, 7), min_size=1, max_size=4))
    def test_no_sequence_is_worth_more(self, seed: int, lengths: list[int]) -> None:
        chance = np.random.default_rng(seed)
        transition, gains = chance.normal(size=(2, 2)), chance.normal(size=sum(lengths))
        starts = np.cumsum([0, *lengths[:-1]])
        labels, _ = TwoLabels(transition).labels(gains, np.isin(np.arange(len(gains)), starts))

        def worth(path: Sequence[int], start: int) -> float:
            steps = sum(transition[left, right] for left, right in pairwise(path))
            return float(steps + sum(label * gains[start + place] for place, label in enumerate(path)))

        for start, length in zip(starts, lengths, strict=True):
            best = max(worth(path, start) for path in product((0, 1), repeat=length))
            assert worth(labels[start : start + length].astype(int).tolist(), start) == pytest.approx(best)

    @pytest.mark.parametrize("length", [1_000, 1_001])
    def test_a_chain_in_which_all_depends_on_the_first(self, length: int) -> None:
        first = np.arange(length) == 0
        for gain in (-0.5, 0.5):
            gains = np.where(first, gain, 0.0)
            alike, _ = TwoLabels(np.array([[1.0, 0.0], [0.0, 1.0]])).labels(gains, first)
            assert alike.all() == (gain > 0)
            assert alike.any() == (gain > 0)
            turns, _ = TwoLabels(np.array([[0.0, 1.0], [1.0, 0.0]])).labels(gains, first)
            assert turns.tolist() == [(place % 2 == 0) == (gain > 0) for place in range(length)]
