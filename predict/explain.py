"""Why a line got its label, and what in it speaks for a topic."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from locbao.features.amounts import counted
from locbao.features.errors import LocbaoError
from locbao.features.labels import LABELS
from locbao.features.notation.elements import ELEMENTS, TEXT
from locbao.features.page import Batch, Page
from locbao.predict.labelled import LabelledPage, labelled_lines
from locbao.predict.lines.line_model import LineModel, with_caption_odds
from locbao.predict.reading.parsing import page_of
from locbao.predict.topics.topic_model import TopicModel, UnknownTopic


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature set on the line: its `value`, and how far it moves the log-odds of the label against the runner-up."""

    feature: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a line got its label: `reasons` sorted by the size of their weight."""

    line: int
    text: str
    label: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class TopicExplanation:
    """What in a line speaks for a topic: `score`, the log-odds of its strongest sentence, and that sentence's reasons,
    each with the log-odds that it adds."""

    line: int
    topic: str
    score: float
    reasons: tuple[Reason, ...]


class UnknownLine(LocbaoError):
    """A line to explain that the page does not have."""

    def __init__(self, line: int, count: int, blank: bool) -> None:
        what = f"line {line} is blank" if blank else f"there is no line {line}: the page has {counted(count, 'line')}"
        super().__init__(f"Cannot explain: {what}. Line numbers count from 1, blank lines included.")


def explain_lines(
    model: LineModel,
    source: LabelledPage | Page | str,
    numbers: Sequence[int],
    markup: str = "auto",
    caption_odds: float = 1.0,
) -> list[Explanation]:
    """What decided the labels of the raw lines of these numbers, the strongest reasons first. Raises UnknownLine."""
    page = _as_page(source, markup)
    batch = Batch.of([page])
    probabilities = with_caption_odds(model.read(batch).probabilities, caption_odds)
    lines = {line.number: line for line in labelled_lines(page, probabilities)}
    saying = [number for number in numbers if number not in page.marks]
    reasons = dict(zip(saying, model.reasons(batch, [_index(page, number) for number in saying]), strict=True))
    explanations = []
    for number in numbers:
        line = lines[number]
        if number not in reasons:  # marks alone
            explanations.append(Explanation(number, line.text, line.label, line.score, ()))
            continue
        features, values, logits = reasons[number]
        label, runner_up, *_ = sorted(range(len(LABELS)), key=lambda label: -line.scores[LABELS[label]])
        weights = logits[:, label] - logits[:, runner_up]
        strongest = np.argsort(-np.abs(weights), kind="stable")
        strongest_reasons = tuple(Reason(features[i], float(values[i]), float(weights[i])) for i in strongest)
        explanations.append(Explanation(number, line.text, line.label, line.score, strongest_reasons))
    return explanations


def explain_topic(
    model: TopicModel | None, source: LabelledPage | Page | str, number: int, topic: str, markup: str = "auto"
) -> TopicExplanation:
    """What in the raw line of this number speaks for or against a topic, the strongest reasons first.

    Raises UnknownLine, UnknownTopic.
    """
    page = _as_page(source, markup)
    text = "" if number in page.marks else page.lines[_index(page, number)]
    topics = [topic.name for topic in model.topics] if model else []
    if model is None or topic not in topics:
        raise UnknownTopic(topic, topics)
    score, reasons = model.explain(text, topic)
    strongest = sorted(reasons, key=lambda reason: -abs(reason[2]))
    return TopicExplanation(number, topic, score, tuple(Reason(*reason) for reason in strongest))


def _as_page(page: LabelledPage | Page | str, markup: str) -> Page:
    """The page of a text, or the lines of a labelled page at their old numbers; lines between them were blank."""
    if not isinstance(page, LabelledPage):
        return page_of(page, markup)
    raw = [""] * max((line.number for line in page.lines), default=0)
    plain, links, elements = list(raw), [0.0] * len(raw), [TEXT] * len(raw)
    for line in page.lines:
        index = line.number - 1
        raw[index], plain[index], links[index] = line.text, line.plain, line.link_share or 0.0
        elements[index] = ELEMENTS.index(line.element)
    is_plain = raw == plain
    return page_of(
        Page.from_lines(raw, links, elements) if is_plain else Page.from_rendered(raw, plain, links, elements)
    )


def _index(page: Page, number: int) -> int:
    """Where the raw line of this number stands among the page's lines. Raises UnknownLine."""
    if number not in page.input_numbers:
        raise UnknownLine(number, len(page.raw), 1 <= number <= len(page.raw))
    return int(page.places(number))
