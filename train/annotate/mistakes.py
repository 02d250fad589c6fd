"""Suspected mistakes in a corpus: what contradicts the guideline (docs/labelling.md), other lines, or a model.

None of them is certain: some lines are rightly what looks wrong. Lines that are not sure are left alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from locbao.features.text import normalise_lines
from locbao.predict.lines.sites import longest_lines
from locbao.predict.model import Model
from locbao.train.corpus.labelled_pages import CorpusPage

_CLOCK = re.compile(r"\b\d{1,2} ?(?:[:h]|giờ) ?\d{2}\b", re.I)
_DATE = re.compile(
    r"\b\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?(?:\d{4}|\d{2})\b|\b\d{1,2} tháng \d{1,2},? (?:năm )?\d{4}\b", re.I
)
_AROUND_DATES = re.compile(
    r"\b(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|ngày|lúc|[ap]m|gmt|sa|ch)\b|[\W\d_]", re.I
)
_CONTRADICTIONS = [
    (re.compile(pattern, re.I), labels, what)
    for pattern, labels, what in (
        (r"\d{1,3} (?:giây|phút|giờ|ngày|tuần|tháng|năm) trước", "body caption", "an age is sidebar"),
        (
            r".{0,60}(?:sao chép liên kết|theo dõi tác giả|và \d+ tác giả khác)|chia sẻ|bình luận|đọc thêm|xem thêm"
            r"|tin liên quan|về trang chủ|đăng nhập|(?:đọc|xem) nhiều|từ khóa ?:?|tags? ?:?",
            "body caption",
            "a control of the template is sidebar",
        ),
        (r"(?:nguồn ?: ?)?(?:https?://|www\.)\S+", "body caption", "an address is sidebar"),
        (r"\(?(?:ảnh|đồ họa|nguồn ảnh)(?: minh họa)? ?: ?\S.{0,40}", "body", "a credit is caption"),
        (r"\S{1,120}\.(?:jpe?g|png|webp|gif)", "body", "a file name stands for the text of a picture"),
    )
]
_LONGEST = 200  # characters of a line that the guideline is held against; a paragraph is none of these things
_STAMPED = 8  # words of the longest name with a stamp
_DOUBT = 0.02  # probability below which a model contradicts a label


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A label, or a page, that is probably a mistake: `source` is "file:line", with the line of the page at issue;
    `line` its number from 1, None where the page as a whole is meant."""

    source: str
    page_id: str
    line: int | None
    what: str

    def __str__(self) -> str:
        place = f", line {self.line} of page {self.page_id!r}" if self.line else ""
        return f"{self.source}{place}: {self.what}"


def suspicions(pages: Sequence[CorpusPage], model: Model | None = None) -> Iterator[Suspicion]:
    """What looks like a mistake, page by page; with a model also labels that it gives a probability under 0.02."""
    same_text: dict[tuple[str, str, tuple[str, ...]], CorpusPage] = {}
    read = (page.page for page in pages)
    by_model = model.label_many(read) if model else None
    for page in pages:
        lines = normalise_lines(page.lines)
        key = page.site, page.style, longest_lines(set(lines))
        first = same_text.setdefault(key, page)
        if first is not page:
            what = f"page {page.id!r} has the longest lines of page {first.id!r} at {first.source}: the same page?"
            yield Suspicion(page.source, page.id, None, what)
        doubts: dict[int, str] = {}
        if by_model:
            for line in next(by_model).lines:
                label = page.labels[line.number - 1]
                if label and line.scores[label] < _DOUBT:
                    doubts[line.number] = f"{label}, and the model is sure of {line.label} ({line.score:.2f})"
        doubts |= _halves(lines, page.labels) | _contradictions(lines, page.labels)
        for number in sorted(doubts):
            if page.sure[number - 1]:
                yield Suspicion(page.source, page.id, number, doubts[number])


def _contradictions(lines: Sequence[str], labels: Sequence[str | None]) -> dict[int, str]:
    """What the guideline says against the label of a line, by its number."""
    return {
        number: f"{label}, and {what}"
        for number, (line, label) in enumerate(zip(lines, labels, strict=True), start=1)
        if label and (what := _against(line, label))
    }


def _against(line: str, label: str) -> str:
    if label == "sidebar" or len(line) > _LONGEST:
        return ""
    dated, timed = _DATE.search(line), _CLOCK.search(line)
    alone = not _AROUND_DATES.sub("", _CLOCK.sub("", _DATE.sub("", line)))
    if ((dated or timed) and alone) or (dated and timed and len(line.split()) <= _STAMPED):
        return "a stamp is sidebar"
    return next((what for pattern, of, what in _CONTRADICTIONS if label in of and pattern.fullmatch(line)), "")


def _halves(lines: Sequence[str], labels: Sequence[str | None]) -> dict[int, str]:
    """Lines with the text of the line before and another label."""
    filled = [number for number, label in enumerate(labels) if label]
    return {
        number + 1: f"{labels[number]}, and the same text just before is {labels[before]}"
        for before, number in pairwise(filled)
        if lines[before] == lines[number] and labels[before] != labels[number]
    }
