"""What labelling gives back: a page whose lines carry labels."""

from collections import Counter
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from locbao.features.amounts import counted
from locbao.features.labels import LABELS, Label
from locbao.features.notation.elements import ELEMENTS, TEXT

if TYPE_CHECKING:
    from locbao.features.arrays import FloatArray
    from locbao.features.page import Page


_COLOURS = {"body": "#0b8a78", "caption": "#c46a1a", "sidebar": "#8b909c"}  # readable on white and on black
_MARKS = {"body": 0.0, "caption": 0.0, "sidebar": 1.0}


class LabelledLine(NamedTuple):
    """One line that is not blank.

    `number`: its line number in the input, from 1, blank lines counted.
    `text`: the input's own text, without the line end.
    `label`: one of LABELS. `score`: its probability. `scores`: the probability of every label; they sum to 1.
    `rendered`: on a page of Markdown its plain text, else None. That of a line of marks alone, or of a crawler's
    preamble, is "": such a line is sidebar for certain, and no feature of any other line.
    `link_share`: how much of the text stands in links, 0 to 1; None where that is unknown, as it is in plain text.
    `element`: "heading" for a heading of the first level, "picture" for a picture's alternative text, else "text".
    `continues`: whether it goes on with the paragraph of the line before, as in text of fixed width. The lines of such
    a paragraph have one label and its probabilities.
    """

    number: int
    text: str
    label: Label
    score: float
    scores: dict[str, float]
    rendered: str | None = None
    link_share: float | None = None
    element: str = ELEMENTS[TEXT]
    continues: bool = False

    @property
    def plain(self) -> str:
        """The text without marks of Markdown."""
        return self.text if self.rendered is None else self.rendered


class EvidenceSpan(NamedTuple):
    """A sentence that speaks for a topic: characters `start` to `end` (not included) of the text of line number
    `line`."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, repr=False)
class LabelledPage:
    """The labelled lines of a page in page order.

    `topics`: the topics that the article carries, with probability. `topic_scores`: every topic's probability.
    `evidence`: for each topic carried, the numbers of the lines that speak most for it, the strongest first.
    `evidence_spans`: where in these lines the sentences stand that report on the topic, the strongest first; at least
    the one that speaks most for it; of a sentence that goes over several lines, one on each. All four are empty if the
    model knows no topics. `article`: the probability that the page holds an article, as section and error pages do not.
    `headline`: the number of the line that opens the article, or begins what does; None if no line does.
    `warnings`: what makes the page so unlike those that the model learned from that its labels are not to be leaned on;
    see `predict.page_warnings.WARNINGS`.
    """

    lines: tuple[LabelledLine, ...]
    topics: dict[str, float] = field(default_factory=dict)
    topic_scores: dict[str, float] = field(default_factory=dict)
    evidence: dict[str, tuple[int, ...]] = field(default_factory=dict)
    article: float = 0.0
    headline: int | None = None
    evidence_spans: dict[str, tuple[EvidenceSpan, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The article as plain text: its body lines, joined by a blank line; of fixed width, its paragraphs."""
        return "\n\n".join(self._paragraphs("body"))

    @property
    def captions(self) -> tuple[str, ...]:
        """The caption lines as plain text in page order, repeats included; likewise."""
        return tuple(self._paragraphs("caption"))

    def _paragraphs(self, label: Label) -> list[str]:
        paragraphs: list[list[str]] = []
        for line in self.lines:
            if line.label == label:
                if not (line.continues and paragraphs):
                    paragraphs.append([])
                paragraphs[-1].append(line.plain)
        return [" ".join(map(str.strip, lines)) if len(lines) > 1 else lines[0] for lines in paragraphs]

    def to_dict(self) -> dict[str, Any]:
        """The page as the row that `locbao predict` writes, without its "id" and "model".

        >>> import locbao
        >>> list(locbao.load().label("Trang chủ").to_dict())[:2]
        ['lines', 'topics']
        """
        from locbao.predict.writing.rows import FIELDS

        return {field.name: field.value(self) for field in FIELDS}

    def to_records(self) -> list[dict[str, Any]]:
        """The lines for a data frame: `pandas.DataFrame(page.to_records())`, `polars.DataFrame(page.to_records())`.

        A record has the line's number as "line", its "label", "score" and "text", and every label's probability.

        >>> import locbao
        >>> list(locbao.load().label("Trang chủ").to_records()[0])
        ['line', 'label', 'score', 'text', 'body', 'caption', 'sidebar']
        """
        return [
            {"line": line.number, "label": line.label, "score": line.score, "text": line.text, **line.scores}
            for line in self.lines
        ]

    def __repr__(self) -> str:
        counts = Counter(line.label for line in self.lines)
        by_label = ", ".join(f"{counts[label]} {label}" for label in LABELS)
        lines, topics = counted(len(self.lines), "line"), ", ".join(self.topics) or "none"
        return f"<LabelledPage of {lines}: {by_label}; topics: {topics}>"

    def _repr_html_(self) -> str:
        """The page in colour, as notebooks show it. All text is escaped."""
        lines = "".join(
            f'<div style="border-left:3px solid {_COLOURS[line.label]};padding-left:.6em;margin:1px 0" '
            f'title="{line.label} {line.score:.0%}"><small style="color:{_COLOURS[line.label]}">{line.number} '
            f"{line.label}</small> {escape(line.text)}</div>"
            for line in self.lines
        )
        html = f"<div><p><small>{escape(repr(self)[1:-1])}</small></p>{lines}</div>"
        return html.encode(errors="backslashreplace").decode()  # a notebook cannot save a lone surrogate


def labelled_lines(page: "Page", probabilities: "FloatArray") -> tuple[LabelledLine, ...]:
    """The lines of the page that are not blank: those that say something with their probabilities, (n, 3), of LABELS,
    and those of marks alone."""
    if page.wrapped is not None:
        wrapped = labelled_lines(page.wrapped, probabilities[page.places(page.input_numbers)])
        further = set(page.input_numbers.tolist()).difference(page.numbers.tolist())
        return tuple(line._replace(continues=line.number in further) for line in wrapped)
    raw, lines = page.raw, []
    rendered = [None] * len(raw) if page.plain is raw else page.plain
    best = probabilities.argmax(axis=1).tolist()
    links = [None] * len(best) if page.links is None else page.links.tolist()
    elements = [TEXT] * len(best) if page.elements is None else page.elements.tolist()
    of_lines = page.numbers.tolist(), best, probabilities.tolist(), links, elements
    for number, label, scores, link, element in zip(*of_lines, strict=True):
        body, caption, sidebar = scores
        by_label = {"body": body, "caption": caption, "sidebar": sidebar}  # twice as fast as by a loop over LABELS
        text, plain = raw[number - 1], rendered[number - 1]
        lines.append(LabelledLine(number, text, LABELS[label], scores[label], by_label, plain, link, ELEMENTS[element]))
    if len(page.marks):
        marks = page.marks.tolist()
        lines += [LabelledLine(number, raw[number - 1], "sidebar", 1.0, dict(_MARKS), "") for number in marks]
        lines.sort(key=lambda line: line.number)
    return tuple(lines)
