"""Phrases: that the hashes of a text are those of the phrases as they are written."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from locbao.features.text import normalise
from locbao.features.topics.phrases import TOKENS, Phrases, phrase_codes, written_phrases, written_tokens

LINE = "Bộ đội biên phòng bắt 2 người, thu 1,5 kg ma túy."
ODD = ["m² đất", "½ bánh", "a²b", "İSTANBUL", "ΟΔΟΣ", "Ａ２", "x̌", "Ⅱ", "٣ ngày", "𝐀 𐐀", "日本", "\ud800", "a_b__c_1"]
TEXTS = (st.text() | st.lists(st.sampled_from([*LINE.split(), *ODD, "_"])).map(" ".join)).map(normalise)


def both_ways(text: str, tokens: str) -> tuple[list[int], list[int]]:
    """The hashes of a text's phrases, found and written."""
    found = Phrases.of([text], 3, tokens).code.tolist()
    return sorted(found), sorted(phrase_codes(list(written_phrases(text, 3, tokens))).tolist())


def test_syllables_and_numbers() -> None:
    assert written_tokens("Đồn bắt 2 người, 1,5 KG.") == ["đồn", "bắt", "0", "người", "0", "0", "kg"]


def test_runs_in_reading_order() -> None:
    assert list(written_phrases("Bắt ba người", 2)) == ["bắt", "bắt ba", "ba", "ba người", "người"]


def test_words_hold_several_syllables() -> None:
    tokens = written_tokens(LINE, "words")
    assert tokens == ["bộ_đội", "biên_phòng", "bắt", "0", "người", "thu", "0", "0", "kg", "ma_túy"]
    found = Phrases.of([LINE], 2, "words").code
    assert np.isin(phrase_codes(["bộ_đội biên_phòng", "kg ma_túy"]), found).all()
    assert not np.isin(phrase_codes(["đội", "đội_biên", "phòng bắt", "bộ đội"]), found).any()


def test_words_stand_beside_syllables() -> None:
    phrases = list(written_phrases(LINE, 2, "both"))
    assert phrases[:3] == ["bộ", "bộ đội", "đội"]
    assert {"bộ_đội", "bộ_đội biên_phòng", "kg ma_túy"} <= {*phrases}


@pytest.mark.parametrize("tokens", TOKENS)
@settings(max_examples=60, deadline=None)  # the segmenter is loaded in the first one
@given(text=TEXTS)
@example(text=" ".join(ODD))
@example(text="")
def test_found_as_written(tokens: str, text: str) -> None:
    found, written = both_ways(text, tokens)
    assert found == written


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, max_size=4), st.integers(1, 4))
def test_texts_keep_their_phrases_apart(texts: list[str], longest: int) -> None:
    phrases = Phrases.of(texts, longest)
    assert phrases.count == len(texts)
    for place, text in enumerate(texts):
        own = phrases.code[phrases.text == place]
        assert sorted(own.tolist()) == sorted(Phrases.of([text], longest).code.tolist())


def test_a_phrase_does_not_reach_into_the_next_text() -> None:
    assert not np.isin(phrase_codes(["bắt ma", "ma túy"]), Phrases.of(["bắt", "ma", "túy"], 3).code).any()


def test_where_the_words_of_a_phrase_end_counts() -> None:
    written = ["a b c", "a_b c d", "a b_c d", "a b c_d", "a_b_c d", "a b_c_d", "a b c d", "b a c"]
    assert len(set(phrase_codes(written).tolist())) == len(written)


@pytest.mark.parametrize("tokens", TOKENS)
def test_no_text(tokens: str) -> None:
    assert (Phrases.of([], 3, tokens).count, len(Phrases.of([], 3, tokens).code)) == (0, 0)
    assert (Phrases.of(["", "…"], 3, tokens).count, len(Phrases.of(["", "…"], 3, tokens).code)) == (2, 0)
    assert len(phrase_codes([])) == 0


@pytest.mark.parametrize("written", ["ma  túy", "ma-túy", "", "_túy"])
def test_what_is_no_written_phrase(written: str) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        phrase_codes(["ma túy", written])
