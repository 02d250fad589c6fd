"""The spelling of a line, and where it is taken apart into sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locbao.features.text import normalise, normalise_lines, split_lines, split_sentences, syllables
from tests.fuzz.strategies import TEXT


class TestText:
    @given(TEXT)
    def test_normalising_twice_changes_nothing_more_unless_an_entity_hides_another(self, text: str) -> None:
        once = normalise(text.replace("&", ""))
        assert normalise(once) == once

    @pytest.mark.parametrize(
        ("written", "wanted"),
        [
            ("hoà", "hòa"),
            ("HOÀ thuỷ, khoẻ", "HÒA thủy, khỏe"),
            ("quý hoàn quỳnh", "quý hoàn quỳnh"),
            ("Quỹ oà", "Quỹ òa"),
            ("a&nbsp;&amp;\u00a0 b", "a & b"),
            ("a&#10;b", "a b"),
            (f"a&#{'9' * 5000};b &#{'0' * 5000}65", "a\ufffdb \ufffd"),
            ("a\nb", "a b"),
            ("\u200ba\u200bb\ufeff ", "ab"),
            ("\t a \u3000 b", "a b"),
        ],
    )
    def test_one_spelling(self, written: str, wanted: str) -> None:
        assert normalise(written) == wanted

    @pytest.mark.parametrize("count", [29, 30, 31, 32, 40_000])
    def test_marks_beyond_the_thirtieth_say_nothing(self, count: int) -> None:
        for before in range(35):
            marks = normalise("x" * before + "b" + "\u0323\u0307\u0315"[before % 3] * count + "tin")
            assert marks.count("x") == before
            assert marks.endswith("tin")
            assert 28 <= len(marks) - before - len("btin") <= min(count, 30)

    def test_marks_made_of_marks_are_bounded_too(self) -> None:
        assert len(normalise("a" + "\u0f73" * 40_000)) == 31

    def test_syllables_of_several_lines(self) -> None:
        assert syllables("Một hai\nBa 4 năm\r\nSáu") == ["một", "hai", "ba", "năm", "sáu"]

    def test_only_three_characters_end_a_line(self) -> None:
        assert split_lines("a\r\nb\nc\rd\x0be\u2028f\x85g") == ["a", "b", "c", "d\x0be\u2028f\x85g"]

    def test_a_page_of_no_line_has_none_and_one_of_a_blank_line_has_that(self) -> None:
        assert normalise_lines([]) == []
        assert normalise_lines([" "]) == [""]


WORDS = ("Tổ tuần tra", "đồn biên phòng", "Đồn", "Ở", "ý", "17", "TP", "ThS", "H", "asean", "日本", "ß", "İ")
PIECES = st.sampled_from([*WORDS, *"“”()-.…!?;,_ﬁ", *"   "])
TEXTS = st.lists(PIECES, max_size=40).map("".join).map(normalise)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Tổ tuần tra kiểm tra xong mốc 17.", "Trời rét đậm."),
        ("Tổ tuần tra kiểm tra xong mốc 17.", "Đồn lập thêm một chốt."),
        ("Tổ tuần tra kiểm tra xong mốc 17.", "Ở bản Nà Luông trời rét."),
        ("Tổ tuần tra kiểm tra xong mốc 17.", "Ăn xong họ đi tiếp."),
        ("Tổ tuần tra kiểm tra xong mốc 17.", "12 người ở lại."),
        ("“Chúng tôi không vượt biên!”", "“Vậy các anh đi đâu?”"),
        ("Ai đưa họ qua lối mòn sau bản…", "(Ảnh chụp hôm 3/2)"),
        ("Bắt hai người ở bến Pác Lạn;", "Thu 3 kg ma túy đá."),
    ],
)
def test_a_mark_a_space_and_no_small_letter_end_a_sentence(first: str, second: str) -> None:
    assert split_sentences(f"{first} {second}") == [first, second]


@pytest.mark.parametrize("second", ["Trước đó họ đi xe khách.", "Đồn lập thêm một chốt.", "Ông Páo trốn."])
def test_two_sentences_that_lost_their_space(second: str) -> None:
    first = "Hai người bị bắt trong rừng hồi cuối năm."
    assert split_sentences(first + second) == [first, second]


@pytest.mark.parametrize(
    "line",
    [
        "Ông Lò Pản làm việc nhiều năm ở UBND TP. Hồ Chí Minh.",
        "Người đứng đầu nhóm nghiên cứu là ThS. Vừ Sáy Páo.",
        "Nhóm bị bắt khai ở nhà ông Nguyễn V. Hải ba ngày.",
        "Xe chở 1.250 kg hàng lậu đi qua lúc 19.30 hôm thứ ba.",
        "Anh ta ngập ngừng một lúc lâu rồi… lại im lặng.",
        "Kênh tin ở địa chỉ www.langnui.example.vn đã đóng.",
        "Đồn Na Hốc. Hết.",
    ],
)
def test_what_is_no_end(line: str) -> None:
    assert split_sentences(line) == [line]


def test_a_blank_line_has_none() -> None:
    assert split_sentences("") == split_sentences(" ") == []


@given(TEXTS)
def test_nothing_is_lost_but_spaces(text: str) -> None:
    sentences = split_sentences(text)
    assert "".join(sentences).replace(" ", "") == text.replace(" ", "")
    assert all(sentence and sentence == sentence.strip() for sentence in sentences)


@given(TEXTS)
def test_sentences_keep_their_order_and_place(text: str) -> None:
    place = 0
    for sentence in split_sentences(text):
        place = text.index(sentence, place) + len(sentence)


@given(st.text().map(normalise))
def test_any_text_at_all(text: str) -> None:
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


def test_a_line_of_abbreviations_alone_is_one_sentence() -> None:
    line = "Q. " * 40_000
    assert split_sentences(line) == [line.strip()]
