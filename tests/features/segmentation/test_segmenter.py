"""Words: the traps of word segmentation, the cache, and what happens with another underthesea or none.

That the words are those of underthesea is tested in test_same_words.py.
"""

import multiprocessing
import os
import subprocess
import sys
import threading
import tracemalloc
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec

import pytest

from locbao.features.errors import LocbaoError
from locbao.features.segmentation import model_files, word_tokens
from locbao.features.segmentation import segmenter as segment
from locbao.features.segmentation.model_files import UndertheseaMissing
from locbao.features.segmentation.reference import reference_agrees, reference_texts
from locbao.features.segmentation.segmenter import LONGEST_LINE, Segmenter, UnknownUnderthesea, segmenter
from locbao.features.text import normalise

LINE = "Bộ đội biên phòng tỉnh Lam Giang bắt giữ 2 nghi phạm, thu 1,5 kg ma túy."
WORDS = (
    *("bộ_đội", "biên_phòng", "tỉnh", "lam_giang", "bắt_giữ", "2", "nghi_phạm"),
    *(",", "thu", "1,5", "kg", "ma_túy", "."),
)


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No segmenter loaded yet, and none kept from the test."""
    monkeypatch.setattr(segment, "_loaded", [])


@pytest.fixture
def changed(unloaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An underthesea that has another dictionary."""
    name = next(name for name in model_files._DATA if name.endswith("dictionary.bin"))
    monkeypatch.setitem(model_files._DATA, name, "0" * 64)


def fresh(code: str) -> str:
    """What a new process prints."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class TestWords:
    def test_lower_case_with_a_line_between_syllables(self) -> None:
        assert segmenter().words(LINE) == WORDS

    def test_lines_in_order_and_each_where_it_was(self) -> None:
        lines = ["", "Hà Nội", LINE, " \t", "Hà Nội", "\u200b", "…"]
        assert segmenter().segment_many(lines) == [(), ("hà_nội",), WORDS, (), ("hà_nội",), ("\u200b",), ("…",)]
        assert segmenter().segment_many([]) == []

    def test_one_segmenter_for_all(self) -> None:
        assert segmenter() is segmenter()


class TestTraps:
    def test_first_calls_from_several_threads(self) -> None:
        code = (
            "import threading; from locbao.features.segmentation.segmenter import segmenter; found = []; "
            f"work = lambda: found.append((segmenter(), segmenter().words({LINE!r}))); "
            "threads = [threading.Thread(target=work) for _ in range(8)]; "
            "[thread.start() for thread in threads]; [thread.join() for thread in threads]; "
            "print(len(found), len(set(found)), found[0][1])"
        )
        assert fresh(code) == f"8 1 {WORDS}"

    def test_threads_at_work_together(self) -> None:
        lines = [f"{LINE} Vụ thứ {number}" for number in range(200)]
        wanted = segmenter().segment_many(lines)
        found: list[bool] = []

        def work(turn: int) -> None:
            given = [f"{line}{' ' * turn}" for line in lines]
            found.append(segmenter().segment_many(given) == wanted)

        threads = [threading.Thread(target=work, args=(turn % 4,)) for turn in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [True] * 8

    @pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of Python 3.12, where there are threads
    @pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
    def test_a_process_forked_while_threads_are_at_work_does_not_wait_for_them(self) -> None:
        ended, codes = threading.Event(), list[int | None]()

        def work(turn: int) -> None:
            while not ended.is_set():
                turn += 4
                segmenter().segment_many([f"{LINE} Vụ thứ {turn} của {number}" for number in range(200)])

        with ThreadPoolExecutor(4) as pool:
            working = [pool.submit(work, turn) for turn in range(4)]
            try:
                for number in range(8):
                    text = f"{LINE} {number}"
                    child = multiprocessing.get_context("fork").Process(target=segmenter().words, args=[text])
                    child.start()
                    child.join(60)
                    child.kill()
                    child.join()
                    codes.append(child.exitcode)
            finally:  # else a child that cannot be forked would leave the threads at work for ever
                ended.set()
        assert codes == [0] * 8
        assert [job.result() for job in working] == [None] * 4

    def test_a_line_of_738_000_characters(self) -> None:
        words, peak = measured(lambda: segmenter().words((LINE + " ") * (738_000 // len(LINE))))
        assert words.count("biên_phòng") > 0.99 * (738_000 // len(LINE))  # a cut may fall into one
        assert peak < 200 * 2**20  # bytes; underthesea takes nine times as much

    def test_a_long_line_is_cut_at_spaces(self) -> None:
        line = "bị bắt . " * LONGEST_LINE
        assert set(segmenter().words(line)) == {"bị", "bắt", "."}

    @pytest.mark.parametrize(
        "run", ["a." * 15_000, "http://" + "." * 30_000, "a" * 738_000, "(a" * 15_000, "中" * 9_000]
    )
    def test_a_long_run_without_a_space_comes_to_an_end(self, run: str) -> None:
        words = segmenter().words(f"Xem {run} đây")  # the first takes underthesea nine seconds, the second for ever
        assert "".join(words).replace("_", "") == f"xem{run}đây"

    def test_lone_surrogates(self) -> None:
        assert segmenter().words("biên phòng \ud800 bắt\udfffgiữ") == ("biên_phòng", "\ufffd", "bắt", "\ufffd", "giữ")

    def test_zero_width_characters_split_syllables_unless_the_line_is_normalised(self) -> None:
        line = "bi\u200bên phòng"
        assert segmenter().words(line) == ("bi", "\u200b", "ên", "phòng")
        assert segmenter().words(normalise(line)) == ("biên_phòng",)

    @pytest.mark.parametrize(
        "line", ["Tòa án thỏa thuận", "Toà án thoả thuận", unicodedata.normalize("NFD", "Tòa án thỏa thuận")]
    )
    def test_one_spelling_gives_the_same_words(self, line: str) -> None:
        assert segmenter().words(normalise(line)) == ("tòa_án", "thỏa_thuận")

    def test_the_root_logger_stays_as_it_was(self) -> None:
        code = (
            "import logging, sys; from locbao.features.segmentation.segmenter import segmenter; "
            "segmenter().words('a b'); "
            "print(logging.getLogger().handlers, 'underthesea' in sys.modules)"
        )
        assert fresh(code) == "[] False"
        code = (
            "import logging; from locbao.features.segmentation.reference import word_tokenize; word_tokenize()('a b'); "
            "print(logging.getLogger().handlers, logging.getLogger().level)"
        )
        assert fresh(code) == "[] 30"


def measured(work: Callable[[], tuple[str, ...]]) -> tuple[tuple[str, ...], int]:
    """What the work gives, and the bytes that it needed at most at a time."""
    segmenter()
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class TestCache:
    def test_each_distinct_line_once(self) -> None:
        asked: list[str] = []

        def texts(lines: Sequence[str]) -> list[str]:
            asked.extend(lines)
            return [line.lower() for line in lines]

        words = Segmenter(texts)
        assert words.segment_many(["A b", "C", "A b"]) == [("a", "b"), ("c",), ("a", "b")]
        assert words.segment_many(["C", "D"]) == [("c",), ("d",)]
        assert asked == ["A b", "C", "D"]

    def test_what_is_not_asked_for_is_forgotten(self) -> None:
        asked: list[str] = []

        def texts(lines: Sequence[str]) -> list[str]:
            asked.extend(lines)
            return list(lines)

        words = Segmenter(texts, remembered=10_000)
        for number in range(1_000):
            words.segment_many(["often", f"once {number}"])
        assert asked.count("often") == 1
        words.segment_many(["once 999", "once 0"])
        assert (asked.count("once 999"), asked.count("once 0")) == (1, 2)

    def test_tokens_are_forgotten_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lines = [f"{LINE} Số {number}." for number in range(300)]
        wanted = segmenter().segment_many(lines)
        monkeypatch.setattr(word_tokens, "_FULL", 500)
        assert [segmenter().words(line + " ") for line in lines] == wanted


class TestAnotherUnderthesea:
    @pytest.mark.usefixtures("changed")
    def test_its_own_function_is_used_and_a_warning_says_so_once(self) -> None:
        with pytest.warns(UnknownUnderthesea, match="pip install underthesea==") as caught:
            words = segmenter()
        assert len(caught) == 1
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert segmenter().segment_many([LINE, "", LINE]) == [WORDS, (), WORDS]
        assert words is segmenter()

    @pytest.mark.usefixtures("changed")
    @pytest.mark.filterwarnings("ignore::locbao.features.segmentation.segmenter.UnknownUnderthesea")
    def test_traps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert segmenter().words("biên phòng \ud800") == ("biên_phòng", "\ufffd")
        monkeypatch.setattr(segment, "LONGEST_LINE", 600)
        assert set(segmenter().words("bị bắt . " * 300)) == {"bị", "bắt", "."}
        for run in ("a." * 5_000, "http://" + "." * 300):
            assert "".join(segmenter().words(run)).replace("_", "") == run

    @pytest.mark.usefixtures("unloaded")
    @pytest.mark.parametrize("behaves_the_same", [True, False])
    def test_another_core(self, behaves_the_same: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        """Its weights are used where underthesea itself confirms the words."""
        monkeypatch.setattr(model_files, "_CORES", frozenset())
        if not behaves_the_same:
            monkeypatch.setattr(segment, "reference_agrees", lambda texts, dictionary: False)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            words = segmenter()
        assert [warning.category for warning in caught] == [UnknownUnderthesea] * (not behaves_the_same)
        assert words.words(LINE) == WORDS

    def test_the_reference_tells_other_words(self) -> None:
        model = model_files.read_word_model()
        assert model is not None
        assert model.is_known
        assert reference_agrees(reference_texts, model.dictionary)
        assert not reference_agrees(lambda lines: [line.lower() for line in lines], model.dictionary)

    @pytest.mark.usefixtures("unloaded")
    def test_none_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def find(name: str) -> ModuleSpec | None:
            return None

        monkeypatch.setattr(model_files, "find_spec", find)
        with pytest.raises(UndertheseaMissing, match="pip install") as caught:
            segmenter()
        assert isinstance(caught.value, LocbaoError)
