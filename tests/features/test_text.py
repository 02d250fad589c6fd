"""Pages, spelling and tokens: what every feature stands on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locbao.features.page import Batch, Page
from locbao.features.text import normalise, split_lines, syllables
from locbao.features.tokens import KIND, OTHER, token_codes

ALPHABET = st.one_of(
    st.characters(),  # surrogates included
    st.sampled_from("aàạăâđeêhoquyơưTHĐ 0123456789.,:;!?…“”\"'()[]|/-–@#&>\t\u00a0\u200b\u0301\u0323\n\r😀中한"),
)
TEXT = st.text(ALPHABET, max_size=200)


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
            ("a\nb", "a b"),
            ("\u200ba\u200bb\ufeff ", "ab"),
            ("\t a \u3000 b", "a b"),
        ],
    )
    def test_one_spelling(self, written: str, wanted: str) -> None:
        assert normalise(written) == wanted

    def test_syllables_of_several_lines(self) -> None:
        assert syllables("Một hai\nBa 4 năm\r\nSáu") == ["một", "hai", "ba", "năm", "sáu"]

    def test_only_three_characters_end_a_line(self) -> None:
        assert split_lines("a\r\nb\nc\rd\x0be\u2028f\x85g") == ["a", "b", "c", "d\x0be\u2028f\x85g"]

    def test_numbers_and_gaps_count_raw_lines(self) -> None:
        page = Page.from_text("\n\nmột\n \u200b\n&nbsp;\nhai\nba")
        assert page.lines == ("một", "hai", "ba")
        assert page.numbers.tolist() == [3, 6, 7]
        assert page.gaps.tolist() == [2, 2, 0]

    def test_a_line_given_with_a_line_end_in_it_stays_one(self) -> None:
        page = Page.from_lines(["một\nhai", "ba"])
        assert page.lines == ("một hai", "ba")
        assert page.numbers.tolist() == [1, 2]


class TestTokens:
    def test_letters_and_digits_are_told_apart(self) -> None:
        tokens = Batch.of([Page.from_lines(["Ảnh 8h05, m2 中文"])]).tokens
        assert (tokens.stop - tokens.start).tolist() == [3, 1, 1, 2, 1, 1, 2]

    def test_case_and_length_in_the_hash(self) -> None:
        codes = token_codes(["ảnh", "ẢNH", "ảnhh", "a" * 70, "a" * 71]).tolist()
        assert codes[0] == codes[1]
        assert len(set(codes)) == 4

    def test_words_that_are_none(self) -> None:
        with pytest.raises(ValueError, match="one run of letters"):
            token_codes(["a b"])

    @pytest.mark.parametrize("symbol", "😀🇻🚀©→。「！")
    def test_symbols_are_no_letters(self, symbol: str) -> None:
        assert KIND[ord(symbol)] == OTHER

    @pytest.mark.parametrize("letter", "đỹЖ中かカ한")
    def test_letters_of_all_scripts(self, letter: str) -> None:
        assert KIND[ord(letter)] != OTHER

    def test_an_emoji_adds_no_token(self) -> None:
        assert len(Batch.of([Page.from_lines(["chào ❤️ bạn 😀🏽"])]).tokens.code) == 2
