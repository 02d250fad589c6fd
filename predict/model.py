"""A loaded model: what users hold."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.errors import LocbaoError
from locbao.features.labels import BODY, LABELS
from locbao.features.page import Batch, Page
from locbao.predict.labelled import LabelledLine, LabelledPage
from locbao.predict.line_model import LineModel
from locbao.predict.site_memory import SiteMemory
from locbao.predict.site_model import NoSitePart, SiteModel, without_headline
from locbao.predict.store.folder import Stored
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.predict.topic_model import Judgement, TopicModel

_BATCH_PAGES = 32  # enough to make numpy's cost per call vanish, few enough to stay in the cache
_BATCH_CHARACTERS = 1_000_000  # a batch ends early at large pages, so that memory stays flat


class UnknownLine(LocbaoError):
    """A line to explain that the page does not have."""

    def __init__(self, line: int, count: int, blank: bool) -> None:
        what = f"line {line} is blank" if blank else f"there is no line {line}: the page has {count} lines"
        super().__init__(f"Cannot explain: {what}. Line numbers count from 1, blank lines included.")


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature set on the line: its `value`, and how far it moves the log-odds of the label against the runner-up."""

    feature: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class TopicExplanation:
    """What in a line speaks for a topic: `score`, the log-odds of its strongest sentence, and that sentence's reasons,
    each with the log-odds that it adds."""

    line: int
    topic: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a line got its label: `reasons` sorted by the size of their weight."""

    line: int
    text: str
    label: str
    score: float
    reasons: tuple[Reason, ...]


class UnknownTopic(LocbaoError):
    """A topic to explain that the model does not know."""

    def __init__(self, topic: str, known: Sequence[str]) -> None:
        super().__init__(f"Cannot explain: the model has no topic {topic!r}. It has: {', '.join(known) or 'none'}.")


class Model:
    """Labels pages. Made by `locbao.load`; safe to use from several threads and to send to other processes."""

    def __init__(self, stored: Stored) -> None:
        self.manifest = stored.manifest
        self.name = str(stored.manifest["name"])
        self.digest = stored.digest
        self.line_model = LineModel(stored.parts["lines"])
        self.topic_model = TopicModel(stored.parts["topics"]) if "topics" in stored.parts else None
        self.site_model = SiteModel(stored.parts["site"]) if "site" in stored.parts else None

    def __repr__(self) -> str:
        return f"<locbao model {self.name} {self.digest[:SHORT_DIGEST]}>"

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that the model knows."""
        return tuple(topic.name for topic in self.topic_model.topics) if self.topic_model else ()

    def label(self, text: str) -> LabelledPage:
        """The page with every line that is not blank labelled, and its topics. Raises TypeError if `text` is no str."""
        return next(self.label_many([text]))

    def label_many(
        self, texts: Iterable[str], *, sites: Iterable[str] | None = None, memory: SiteMemory | None = None
    ) -> Iterator[LabelledPage]:
        """Labelled pages in the order of `texts`, a batch in memory at a time.

        With `sites`, the site of each text, and a `memory` that these pages were added to, lines that stand on many
        pages of their site are likelier sidebar; a page of the site "" is labelled without. Raises NoSitePart if the
        model has not learned how much likelier, TypeError if only one of the two is given.
        """
        if (sites is None) != (memory is None):
            raise TypeError("label_many takes sites and memory together: the one says which pages of the other count.")
        if memory and not self.site_model:
            raise NoSitePart(self.name)
        remaining = zip(texts, repeat("")) if sites is None else zip(texts, sites, strict=True)
        while batch := _next_batch(remaining):
            yield from self._label_batch(batch, memory)

    def explain(self, page: LabelledPage | str, line: int) -> Explanation:
        """What decided the label of raw line number `line`, strongest first.

        Raises UnknownLine if the line is blank or not on the page.
        """
        return self.explain_many(page, [line])[0]

    def explain_many(self, page: LabelledPage | str, lines: Sequence[int]) -> list[Explanation]:
        """`explain` for several lines of one page at the cost of one."""
        read = _as_page(page)
        places, batch = [_place(read, number) for number in lines], Batch.of([read])
        labelled = _labelled_lines(read, self.line_model.probabilities(batch))
        reasons = self.line_model.reasons(batch, places)
        return [_explanation(labelled[place], *found) for place, found in zip(places, reasons, strict=True)]

    def explain_topic(self, page: LabelledPage | str, line: int, topic: str) -> TopicExplanation:
        """What in raw line number `line` speaks for or against a topic, strongest first.

        Raises UnknownLine if the line is blank or not on the page, UnknownTopic if the model does not know the topic.
        """
        read = _as_page(page)
        text = read.lines[_place(read, line)]
        if self.topic_model is None or topic not in self.topics:
            raise UnknownTopic(topic, self.topics)
        score, found = self.topic_model.explain(text, topic)
        found.sort(key=lambda reason: -abs(reason[2]))
        return TopicExplanation(line, topic, score, tuple(Reason(*reason) for reason in found))

    def _label_batch(self, texts: Sequence[tuple[str, str]], memory: SiteMemory | None) -> Iterator[LabelledPage]:
        pages = [Page.from_text(text) for text, _ in texts]
        batch = Batch.of(pages)
        probabilities = self.line_model.probabilities(batch)
        if memory and self.site_model:
            shares = _shares(memory, [site for _, site in texts], pages, np.split(probabilities, batch.first[1:-1]))
            probabilities = self.site_model.told(probabilities, shares)
        labels = probabilities.argmax(axis=1)
        spans = list(zip(batch.first[:-1].tolist(), batch.first[1:].tolist(), strict=True))
        bodies = [np.flatnonzero(labels[start:stop] == BODY) for start, stop in spans]
        judged = self._judged([[page.lines[i] for i in body] for page, body in zip(pages, bodies, strict=True)])
        for page, body, (start, stop), judgement in zip(pages, bodies, spans, judged, strict=True):
            yield _labelled(page, probabilities[start:stop], page.numbers[body], judgement)

    def _judged(self, bodies: Sequence[Sequence[str]]) -> Iterable[Judgement]:
        return self.topic_model.judge(bodies) if self.topic_model else [Judgement({}, {}, {}) for _ in bodies]


def _next_batch(texts: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    batch: list[tuple[str, str]] = []
    size = 0
    for text, site in islice(texts, _BATCH_PAGES):
        if not isinstance(text, str):
            raise TypeError(f"A page is a str, not {type(text).__name__}: decode bytes, and give the text, not a path.")
        batch.append((text, site))
        size += len(text)
        if size >= _BATCH_CHARACTERS:
            break
    return batch


def _shares(
    memory: SiteMemory, sites: Sequence[str], pages: Sequence[Page], believed: Sequence[FloatArray]
) -> FloatArray:
    """(n,) the shares that count for the lines of all pages; `believed` (n, 3) of each page."""
    told = zip(sites, pages, believed, strict=True)
    return np.concatenate(
        [without_headline(page.lines, p.argmax(axis=1), memory.shares(site, page.lines)) for site, page, p in told]
    )


def _labelled(page: Page, probabilities: FloatArray, body_numbers: IntArray, judgement: Judgement) -> LabelledPage:
    lines = _labelled_lines(page, probabilities)
    evidence = {topic: tuple(int(body_numbers[i]) for i in found) for topic, found in judgement.evidence.items()}
    return LabelledPage(lines, judgement.carried, judgement.scores, evidence)


def _labelled_lines(page: Page, probabilities: FloatArray) -> tuple[LabelledLine, ...]:
    """The n lines of the page that are not blank, with their probabilities, (n, 3), of LABELS."""
    raw, lines = page.raw, []
    best = probabilities.argmax(axis=1).tolist()
    for number, label, scores in zip(page.numbers.tolist(), best, probabilities.tolist(), strict=True):
        body, caption, sidebar = scores
        by_label = {"body": body, "caption": caption, "sidebar": sidebar}  # twice as fast as by a loop over LABELS
        lines.append(LabelledLine(number, raw[number - 1], LABELS[label], scores[label], by_label))
    return tuple(lines)


def _as_page(page: LabelledPage | str) -> Page:
    """The page of a text, or the lines of a labelled page at their old numbers; lines between them were blank."""
    if isinstance(page, str):
        return Page.from_text(page)
    raw = [""] * max((line.number for line in page.lines), default=0)
    for line in page.lines:
        raw[line.number - 1] = line.text
    return Page.from_lines(raw)


def _place(page: Page, number: int) -> int:
    found = np.flatnonzero(page.numbers == number)
    if not len(found):
        raise UnknownLine(number, len(page.raw), 1 <= number <= len(page.raw))
    return int(found[0])


def _explanation(line: LabelledLine, names: list[str], values: Any, weights: Any) -> Explanation:
    order = sorted(range(len(LABELS)), key=lambda index: -line.scores[LABELS[index]])
    against = weights[:, order[0]] - weights[:, order[1]]
    strongest = np.argsort(-np.abs(against), kind="stable")
    reasons = tuple(Reason(names[index], float(values[index]), float(against[index])) for index in strongest)
    return Explanation(line.number, line.text, line.label, line.score, reasons)
