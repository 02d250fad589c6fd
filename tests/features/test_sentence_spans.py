"""Where the sentences of a line stand in the text as it came."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locbao.features.page import Page
from locbao.features.sentence_spans import sentence_spans
from locbao.features.text import normalise, split_sentences

RAIN, PATROL = "Trời mưa cả ngày, suối dâng cao.", "Tổ tuần tra đi dọc mốc giới, hoà vào bà con."
PIECES = (
    RAIN, PATROL, unicodedata.normalize("NFD", RAIN), "A.", "b", "hoà", "Quý.", "TP. ", "12.5", "!”", "? ", "…", "“",
    " ", "  ", "\t", "\xa0", "\u200b", "\ufe0f", "\u0301", "\u0323", "&amp;", "&amp;amp;", "&ltb", "&copy.", "&nbsp;",
    "&#7843;", "&#0769;", "&#32;", "&#x1;", "&aacute", "&NotEqualTilde;", "&", "#", "한", "\u1112\u1161", "\u212b",
    "\u0f73",
)  # fmt: skip
LINES = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map(
    lambda pieces: "".join(pieces).replace("\n", " ")
)


@settings(max_examples=500, deadline=None)
@given(LINES)
def test_the_normalised_slice_is_the_sentence(raw: str) -> None:
    line, end_before = normalise(raw), 0
    spans = sentence_spans(raw, line)
    for sentence, (start, end) in zip(split_sentences(line), spans, strict=True):
        assert end_before <= start < end <= len(raw)
        assert normalise(raw[start:end]) == sentence
        end_before = end


@pytest.mark.parametrize(
    ("raw", "slices"),
    [
        (f"  {RAIN}  {PATROL} ", [RAIN, PATROL]),
        (f"\ufeff{RAIN}\xa0{PATROL}", [RAIN, PATROL]),
        ("Trời mưa c&#7843; ngày lẫn đêm. T&ocirc;i đi.", ["Trời mưa c&#7843; ngày lẫn đêm.", "T&ocirc;i đi."]),
        (unicodedata.normalize("NFD", f"{RAIN} {PATROL}"), [unicodedata.normalize("NFD", s) for s in (RAIN, PATROL)]),
    ],
)
def test_a_slice_is_as_the_input_is(raw: str, slices: list[str]) -> None:
    assert [raw[start:end] for start, end in sentence_spans(raw, normalise(raw))] == slices


@pytest.mark.parametrize(
    ("raw", "slices"),
    [
        (f"- **{RAIN}** *{PATROL}*", [RAIN, PATROL]),
        (f"> [{RAIN}](https://bao.example/troi-mua-ca-ngay 'Trời mưa') {PATROL}", [RAIN, PATROL]),
        ("[Trời mưa](/troi) cả **ngày**, [suối dâng.](/suoi) Chợ vắng.",
         ["Trời mưa](/troi) cả **ngày**, [suối dâng.", "Chợ vắng."]),
        (f"![Image 3: {RAIN}](a.jpg) {PATROL}", [RAIN, PATROL]),
        (f'<p class="lead">{RAIN}</p> {PATROL}<br>', [RAIN, PATROL]),
        (f"| {RAIN} | {PATROL} |", [RAIN, PATROL]),
        (f"[P] {RAIN} {PATROL}", [RAIN, PATROL]),
        (f"{RAIN}⟨3⟩ Tổ tuần tra⟨4⟩ đi dọc mốc giới.", [RAIN, "Tổ tuần tra⟨4⟩ đi dọc mốc giới."]),
        (f"{RAIN} Tổ [tuần tra][12] đi dọc mốc giới.", [RAIN, "Tổ [tuần tra][12] đi dọc mốc giới."]),
        (r"Giá tăng 5\*3 lần trong một tuần. Chợ vắng\.", [r"Giá tăng 5\*3 lần trong một tuần.", r"Chợ vắng\."]),
    ],
)  # fmt: skip
def test_marks_of_markdown_lie_between(raw: str, slices: list[str]) -> None:
    page = Page.from_markdown(raw)
    spans = sentence_spans(raw, page.lines[0], markdown=True)
    assert [raw[start:end] for start, end in spans] == slices


def test_where_letters_of_markdown_are_not_told_from_the_text_it_is_the_whole_line() -> None:
    page = Page.from_markdown(f"[{RAIN}\n{RAIN}](https://bao.example/a-\nb) {PATROL}")
    assert page.lines[1:] == (RAIN, normalise(PATROL))
    raw = page.raw[2]
    assert sentence_spans(raw, page.lines[2], markdown=True) == [(0, len(raw))]


def test_other_letters_before_the_sentences_give_the_whole_line() -> None:
    raw = "moi.html) Trời **mưa** cả ngày lẫn đêm. Chợ **vẫn** đông."
    assert sentence_spans(raw, "Trời mưa cả ngày lẫn đêm. Chợ vẫn đông.", markdown=True) == [(0, len(raw))] * 2


def test_a_long_line_of_entities_takes_no_longer_than_it_is_long() -> None:
    raw = "Trời m&#432;a cả ngày ở bản Nà. " * 3_000
    spans = sentence_spans(raw, normalise(raw))
    assert len(spans) == 3_000
    assert spans[-1] == (len(raw) - 32, len(raw) - 1)
