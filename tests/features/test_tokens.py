"""Pages as tokens, and the tables that find these."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locbao.features.page import Batch, Page
from locbao.features.tokens import (
    KIND,
    OTHER,
    Characters,
    CollidingWords,
    Lexicon,
    Lookup,
    in_small_letters,
    token_codes,
)

HASHES = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 40), max_size=60)


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

    def test_small_letters_one_for_one(self) -> None:
        small = in_small_letters(Characters.of(["Ảnh ĐẸP, 中文 8"]))
        assert small.tobytes().decode("utf-32-le") == "ảnh đẹp, 中文 8\n"

    def test_an_emoji_adds_no_token(self) -> None:
        assert len(Batch.of([Page.from_lines(["chào ❤️ bạn 😀🏽"])]).tokens.code) == 2


@given(HASHES, HASHES)
def test_a_lookup_finds_what_a_dictionary_finds(known: list[int], asked: list[int]) -> None:
    places = {code: place for place, code in reversed(list(enumerate(known)))}
    found = Lookup(np.array(known, dtype=np.uint64)).find(np.array(asked + known, dtype=np.uint64))
    assert found.tolist() == [places.get(code, -1) for code in asked + known]


def test_hashes_that_meet_in_one_slot() -> None:
    codes = (np.uint64(7) << np.uint64(60)) + np.arange(500, dtype=np.uint64)
    assert Lookup(codes[:200]).find(codes[199::-1]).tolist() == list(range(200))[::-1]
    assert (Lookup(codes[:100]).find(codes[100:]) == -1).all()
    with pytest.raises(CollidingWords, match="chosen them"):
        Lookup(codes)


def test_a_lexicon_tells_the_sets_of_a_word() -> None:
    lexicon = Lexicon(["một", "hai"], ["hai", "ba"])
    assert lexicon.bits(token_codes(["một", "Hai", "ba", "bốn"])).tolist() == [1, 3, 2, 0]
