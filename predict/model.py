"""A loaded model: what users hold. `Model.label_many` is the way of a page from its text to a LabelledPage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate, islice, repeat

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.labels import BODY
from locbao.features.page import Batch, Page
from locbao.features.sentence_spans import Span, by_line, sentence_spans
from locbao.predict.explain import Explanation, TopicExplanation, explain_lines, explain_topic
from locbao.predict.labelled import EvidenceSpan, LabelledPage, labelled_lines
from locbao.predict.lines.line_model import LineModel, check_caption_odds, with_caption_odds
from locbao.predict.lines.sites import NoSitePart, SiteMemory, SiteModel, without_headline
from locbao.predict.page_warnings import page_warnings
from locbao.predict.reading.batches import batches
from locbao.predict.reading.parsing import page_of
from locbao.predict.store.folder import Stored
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.predict.topics.topic_model import Judgement, TopicModel, check_thresholds

_SURE = 0.7
"""Probability of body from which on a line speaks for topics (see experiments/results/topics/topic_furniture.md)."""


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
        return f"<locbao model {self.signature}>"

    @property
    def signature(self) -> str:
        """What a row says of the model that made it: its name and the first digits of its digest."""
        return f"{self.name} {self.digest[:SHORT_DIGEST]}"

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that the model knows."""
        return tuple(topic.name for topic in self.topic_model.topics) if self.topic_model else ()

    def label(
        self,
        text: str | Page,
        markup: str = "auto",
        *,
        caption_odds: float = 1.0,
        thresholds: Mapping[str, float] | None = None,
    ) -> LabelledPage:
        """The page with every line that is not blank labelled, and its topics.

        `markup`: "text", "markdown" or "html". With "auto" a page that begins as an HTML document is HTML, and marks of
        Markdown are understood where a page shows enough of them. The lines of HTML are those of `html_text`; all other
        line numbers and texts are the input's own. Text of fixed width is labelled by its paragraphs (see
        `LabelledLine.continues`). `caption_odds`, `thresholds`: as in `label_many`.

        Raises TypeError if `text` is no str, ValueError for another markup; Unusable, a LocbaoError, for a page of more
        than 50,000 lines that are not blank and for HTML that is nested too deep; and what `label_many` raises.
        """
        return next(self.label_many([text], markup=markup, caption_odds=caption_odds, thresholds=thresholds))

    def label_many(
        self,
        texts: Iterable[str | Page],
        *,
        markup: str | Iterable[str] = "auto",
        sites: Iterable[str] | None = None,
        memory: SiteMemory | None = None,
        caption_odds: float = 1.0,
        thresholds: Mapping[str, float] | None = None,
    ) -> Iterator[LabelledPage]:
        """Labelled pages in the order of `texts`, a batch in memory at a time. A text may be a Page, once it is read.

        `markup`: what all texts are written in, or each of them (see `label`). Raises ValueError if there are fewer.

        The label of a line is the most probable one. `caption_odds` multiplies the odds of caption before that, so 3
        is for who would rather lose a body line than have a caption in the body (Elkan, The Foundations of
        Cost-Sensitive Learning, 2001). Raises ValueError if it is not a number greater than 0.

        An article carries a topic from a probability on that the training has chosen, or from the one that
        `thresholds` name for it, as `{"border_security": 0.5}` does: a higher one finds fewer articles and errs less
        often. Raises UnknownTopic, and ValueError for a threshold outside 0 to 1.

        With `sites`, the site of each text, and a `memory` that these pages were added to, lines that stand on many
        pages of their site are likelier sidebar; a page of the site "" is labelled without. Raises NoSitePart if the
        model has not learned how much likelier, TypeError if only one of the two is given.
        """
        if isinstance(texts, str):
            raise TypeError("label_many takes many texts, such as a list of str, not one str: label takes one.")
        if (sites is None) != (memory is None):
            raise TypeError("label_many takes sites and memory together: the one says which pages of the other count.")
        check_caption_odds(caption_odds)
        check_thresholds(thresholds or {}, self.topics)
        if memory and not self.site_model:
            raise NoSitePart(self.name)
        remaining_sites = iter(sites or ())
        markups = repeat(markup) if isinstance(markup, str) else iter(markup)
        for batch in batches(texts, _length):
            pages = [page_of(*each) for each in zip(batch, _next(markups, len(batch), "markup"), strict=True)]
            lines = Batch.of(pages)
            read = self.line_model.read(lines)
            first, warnings = lines.first, page_warnings(pages, lines)
            lines.cache.clear()  # much of it holds the batch itself, and would wait for the garbage collector
            del lines
            probabilities = np.split(read.probabilities, first[1:-1])
            if memory:
                batch_sites = _next(remaining_sites, len(batch), "site")
                probabilities = self._with_memory(pages, probabilities, batch_sites, memory)
            probabilities = [with_caption_odds(of_page, caption_odds) for of_page in probabilities]
            headlines = read.headline - first[:-1]
            yield from self._labelled_pages(pages, probabilities, headlines, read.article, warnings, thresholds)
        if next(remaining_sites, None) is not None:
            raise ValueError("label_many takes one site for each text; there are more sites than texts.")

    def _with_memory(
        self, pages: Sequence[Page], probabilities: Sequence[FloatArray], sites: Sequence[str], memory: SiteMemory
    ) -> list[FloatArray]:
        """The probabilities, changed by how many pages of its site each line stands on."""
        assert self.site_model
        changed = []
        for page, of_page, site in zip(pages, probabilities, sites, strict=True):
            shares = without_headline(page.lines, of_page.argmax(axis=1), memory.shares(site, page.lines))
            changed.append(self.site_model.with_shares(of_page, shares))
        return changed

    def _labelled_pages(
        self,
        pages: Sequence[Page],
        probabilities: Sequence[FloatArray],
        headlines: IntArray,
        article: FloatArray,
        warnings: Sequence[tuple[str, ...]],
        thresholds: Mapping[str, float] | None,
    ) -> Iterator[LabelledPage]:
        """The pages with their labels and topics. `headlines` (p,): index of the headline among each page's lines,
        below 0 for none."""
        bodies = [_speaking_lines(of_page) for of_page in probabilities]
        articles = [[page.lines[i] for i in body] for page, body in zip(pages, bodies, strict=True)]
        empty = repeat(Judgement({}, {}, {}, {}), len(pages))
        judgements = self.topic_model.judge(articles, thresholds) if self.topic_model else empty
        of_pages = headlines.tolist(), article.tolist(), warnings
        by_page = zip(pages, probabilities, bodies, judgements, *of_pages, strict=True)
        for page, of_page, body, judgement, headline, chance, warned in by_page:
            opens = headline >= 0 and chance >= 0.5 and of_page[headline].argmax() == BODY
            lines = labelled_lines(page, of_page)
            headline_number = int(page.numbers[headline]) if opens else None
            spans = _evidence_spans(page, body, judgement)
            evidence = {topic: tuple(dict.fromkeys(span.line for span in spans[topic])) for topic in spans}
            carried, scores = judgement.carried, judgement.scores
            yield LabelledPage(lines, carried, scores, evidence, chance, headline_number, spans, warned)

    def explain(
        self, page: LabelledPage | Page | str, line: int, markup: str = "auto", *, caption_odds: float = 1.0
    ) -> Explanation:
        """What decided the label of raw line number `line`, strongest first; nothing for a line of marks alone.

        `markup`: what a page given as str is written in, as in `label`. `caption_odds`: as in `label_many`.
        Raises UnknownLine if the line is blank or not on the page.
        """
        return self.explain_many(page, [line], markup, caption_odds=caption_odds)[0]

    def explain_many(
        self,
        page: LabelledPage | Page | str,
        lines: Sequence[int],
        markup: str = "auto",
        *,
        caption_odds: float = 1.0,
    ) -> list[Explanation]:
        """`explain` for several lines of one page at the cost of one."""
        return explain_lines(self.line_model, page, lines, markup, caption_odds)

    def explain_topic(
        self, page: LabelledPage | Page | str, line: int, topic: str, markup: str = "auto"
    ) -> TopicExplanation:
        """What in raw line number `line` speaks for or against a topic, strongest first.

        Raises UnknownLine if the line is blank or not on the page, UnknownTopic if the model does not know the topic.
        """
        return explain_topic(self.topic_model, page, line, topic, markup)


def _next(values: Iterator[str], count: int, what: str) -> list[str]:
    """The next `count` values, one for each text of a batch. Raises ValueError if there are fewer."""
    taken = list(islice(values, count))
    if len(taken) < count:
        raise ValueError(f"label_many takes one {what} for each text; there are fewer {what}s than texts.")
    return taken


def _speaking_lines(probabilities: FloatArray) -> IntArray:
    """The body lines that may speak for a topic, by the (n, 3) probabilities of LABELS: those that are surely body;
    where none is, all. Comments, cards and notices that are taken for body mostly are so by less."""
    body = np.flatnonzero(probabilities.argmax(axis=1) == BODY)
    sure = body[probabilities[body, BODY] >= _SURE]
    return sure if len(sure) else body


def _evidence_spans(page: Page, body: IntArray, judgement: Judgement) -> dict[str, tuple[EvidenceSpan, ...]]:
    """Where the sentences of the judgement stand in the raw lines; `body`: indices of the lines that were judged."""

    @cache
    def raw_lines(place: int) -> tuple[list[int], list[int], list[Span]]:
        """Of the raw lines of a line the numbers, where each starts in all of them, and where sentences stand there."""
        numbers = page.numbers_of(int(body[place])).tolist()
        raw = [page.raw[number - 1] for number in numbers]
        marked = any(page.plain[number - 1] != text for number, text in zip(numbers, raw, strict=True))
        starts = list(accumulate((len(text) + 1 for text in raw), initial=0))
        return numbers, starts, sentence_spans(" ".join(raw), page.lines[body[place]], markdown=marked)

    by_topic = {}
    for topic, sentences in judgement.sentences.items():
        spans: Iterable[tuple[int, Span]] = [(place, raw_lines(place)[2][sentence]) for place, sentence in sentences]
        if page.wrapped is not None:
            spans = dict.fromkeys(spans)  # that of sentences which cannot be told apart is long
        by_topic[topic] = tuple(
            EvidenceSpan(raw_lines(place)[0][line], start, end)
            for place, span in spans
            for line, start, end in by_line(span, raw_lines(place)[1])
        )
    return by_topic


def _length(text: object) -> int:
    """Characters of a page; 0 of what is none, which `page_of` refuses."""
    if isinstance(text, Page):
        return sum(map(len, text.raw))
    return len(text) if isinstance(text, str) else 0
