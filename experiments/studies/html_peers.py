"""The HTML track of the bench: pages as HTML, where extractors may go by tags, against locbao, which reads their lines.

    python -m locbao.experiments.studies.html_peers CORPUS… --material FILE… --config FILE

The labelled pages are lines alone, so they are set into HTML again by their labels, in the four ways of
`html_templates.toml`. That is more than a real site does for its readers: every caption is marked as one, all furniture
stands in blocks of its own, so that the work of a tool that reads tags is easier, not harder. One leave-sites-out run
labels what locbao reads in that HTML; the tools get the HTML itself. Needs the `bench` extra.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from locbao.experiments.studies.extractors import HTML_TOOLS, Extract, carry_over
from locbao.experiments.studies.plain_text_peers import OURS, peer_table, scored, texts_of
from locbao.experiments.studies.robustness import score_unseen
from locbao.experiments.studies.study import Config, Corpus, Jobs, Material, Results, document, start, versions
from locbao.experiments.trials.trial_results import RESULTS, write_table
from locbao.features.errors import LocbaoError
from locbao.features.text import normalise, split_lines
from locbao.predict.reading.html import html_text
from locbao.train.composer.article import HEADING, LEAD, is_signature
from locbao.train.composer.sources import Sources, read_sources
from locbao.train.configuration import read_configuration
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.line_scores import LineScores, score
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import has_article

PACKAGES = ("trafilatura", "readability-lxml", "jusText", "boilerpy3", "resiliparse")
STYLE = "full"  # the cut that holds the whole page
COLUMNS = {
    "body_token_f1": "body token F1, page mean",
    "body_f1": "body F1",
    "captions_as_body": "captions kept",
    "sidebar_as_body": "sidebar kept",
}
NOTES = """\
The HTML is made, not crawled: real labelled pages, whole, which exist as lines alone, were set into HTML by their
labels, in four ways that news sites write: with semantic tags, with blocks of telling class names, with tables, and
with blocks of names that tell nothing. Captions are in captions' tags, furniture is in blocks and links of its own,
hidden blocks, scripts and mistakes are missing. So the tags are cleaner than those of real sites, and every tool here
but locbao reads them.

locbao takes the lines that its own HTML reader finds and sees no tag; every page is labelled by a model that has
learned nothing from its site. A tool keeps or drops a line, so it is scored on body alone; its output is set against
the lines in order. trafilatura runs without comments, resiliparse with main_content and without alternative texts;
readability's title counts as its headline. Alternative texts are caption lines here, and among locbao's lines; the
tools do not print them, so that they could keep no more than about half of the caption lines. In brackets: 95 %
intervals, 1000 bootstrap draws over pages.
"""


_FOOTER = re.compile(r"©|copyright|giấy phép|tòa soạn|tổng biên tập|bản quyền|hotline|điện thoại|e-?mail|địa chỉ", re.I)
_PLAIN = re.compile(r"^\W*\d|\d{1,2}[/:]\d{1,2}|^(?:thứ|chủ nhật)\b", re.I)
_ENDS = (".", "!", "?", "…", ":", "”", '"')
_TEASER = 22  # words from which a line of furniture is a summary, not a headline
_ALIKE = 20  # characters that an alternative text shares with its caption, or with the headline

SiteTemplate = Mapping[str, Any]
"""How a site writes each part of a page: a table of `html_templates.toml`, and its `name`."""

Entry = tuple[str, str | None, bool, str | None]
"""A line's text, label, whether it is sure, and kind."""


class LinesLost(LocbaoError):
    """A page did not come back from HTML with the lines that went in."""

    def __init__(self, page: str, template: str, line: str) -> None:
        what = f"Page {page!r} as {template} does not give line {line!r} back"
        super().__init__(f"{what}. Mend `render` in experiments/studies/html_peers.py.")


def read_templates() -> list[SiteTemplate]:
    """The four ways of `html_templates.toml`."""
    text = Path(__file__).with_name("html_templates.toml").read_text(encoding="utf-8")
    return [{"name": name, **parts} for name, parts in tomllib.loads(text).items()]


def render(page: CorpusPage, template: SiteTemplate) -> str:
    """The page as HTML; all its lines that are not blank stand in it, in order."""
    lines = [(text, label) for text, label in zip(page.lines, page.labels, strict=True) if label is not None]
    article = [index for index, (_, label) in enumerate(lines) if label != "sidebar"]
    first, stop = article[0], article[-1] + 1
    before, after = ([text for text, _ in part] for part in (lines[:first], lines[stop:]))
    foot = next((index for index, text in enumerate(after) if _FOOTER.search(text)), len(after))
    headline = next(text for text, label in lines if label == "body")
    return "\n".join(
        (
            template["opening"].format(title=escape(headline)),
            *_furniture(before, template, "before"),
            *_around(template["article"], _article(lines[first:stop], headline, template)),
            *_furniture(after[:foot], template, "after"),
            *_around(template["footer"], [template["plain"].format(text=escape(text)) for text in after[foot:]]),
        )
    )


def _article(lines: Sequence[tuple[str, str]], headline: str, template: SiteTemplate) -> Iterator[str]:
    left = [text for text, label in lines if label == "body"]
    bodies = len(left)
    for label, run in groupby(lines, key=lambda line: line[1]):
        texts = [text for text, _ in run]
        if label == "sidebar":
            yield from _furniture(texts, template, "inside")
        elif label == "caption":
            yield from _figures(texts, headline, template)
        else:
            for text in texts:
                part = "heading" if len(text) <= HEADING and not text.endswith(_ENDS) else "paragraph"
                if len(left) == bodies:
                    part = "headline"
                elif len(left) == bodies - 1 and len(text.split()) >= LEAD:
                    part = "lead"
                elif len(left) == 1 and is_signature(text):
                    part = "signature"
                yield template[part].format(text=escape(text))
                left.pop()


def _figures(captions: Sequence[str], headline: str, template: SiteTemplate) -> Iterator[str]:
    """Pictures of the lines: an alternative text and the caption after it, or one of the two."""
    left = list(captions)
    while left:
        text = left.pop(0)
        if left and text[:_ALIKE] in (left[0][:_ALIKE], headline[:_ALIKE]):
            yield template["figure"].format(alt=escape(text), caption=escape(left.pop(0)))
        elif text[:_ALIKE] == headline[:_ALIKE]:
            yield template["alone"].format(alt=escape(text))
        else:
            yield template["figure"].format(alt="", caption=escape(text))


def _furniture(texts: Sequence[str], template: SiteTemplate, place: str) -> list[str]:
    parts: list[str] = []
    left = list(texts)
    while left:
        text = left.pop(0)
        part = "teaser" if len(text.split()) >= _TEASER else "plain" if _PLAIN.search(text) else "link"
        if left and left[0] == text and len(text.split()) > 1:
            part = "card"
            left.pop(0)
        parts.append(template[part].format(text=escape(text)))
    return _around(template[place], _around(template["group"], parts))


def _around(pair: tuple[str, str], parts: Iterable[str]) -> list[str]:
    inside = list(parts)
    return [pair[0], *inside, pair[1]] if inside else []


def through_html(page: CorpusPage, template: SiteTemplate) -> CorpusPage:
    """The page as its HTML reads: the same labelled lines, with other blank lines. Raises LinesLost."""
    blank: Entry = ("", None, True, None)
    entries = zip(page.lines, page.labels, page.sure, page.kinds, strict=True)
    left: list[Entry] = [entry for entry in entries if entry[1] is not None]
    rows = []
    for line in split_lines(html_text(render(page, template))):
        text, *rest = left.pop(0) if left and normalise(line) else blank
        if normalise(line) != normalise(text):
            raise LinesLost(page.id, template["name"], text)
        rows.append((line if text else "", *rest))
    if left:
        raise LinesLost(page.id, template["name"], left[0][0])
    lines, labels, sure, kinds = zip(*rows, strict=True)
    style = template["name"]
    return replace(page, id=f"{page.id} {style}", style=style, lines=lines, labels=labels, sure=sure, kinds=kinds)


def scores_of(extract: Extract, pages: Sequence[CorpusPage], template: SiteTemplate) -> LineScores:
    """Scores of a tool on the pages as HTML."""
    return score([scored(page, carry_over(texts_of(page), extract(render(page, template)))) for page in pages])


def measure(
    sources: Sources, config: LineConfig, jobs: int, tools: Mapping[str, Extract] = HTML_TOOLS
) -> dict[str, dict[str, LineScores]]:
    """For each template the scores of the tools and of locbao. Raises LinesLost, MissingLibrary."""
    templates = read_templates()
    whole = [page for page in sources.corpus if has_article(page)]
    whole = [page for page in whole if page.style == STYLE] or whole
    peers = {t["name"]: {name: scores_of(extract, whole, t) for name, extract in tools.items()} for t in templates}
    rewritten = [through_html(page, template) for template in templates for page in whole]
    unseen = score_unseen(sources, rewritten, config, jobs)
    return {name: {**scores, OURS: score(unseen[name])} for name, scores in peers.items()}


def run(
    corpus: Corpus = None, material: Material = None, config: Config = None, jobs: Jobs = 2, results: Results = RESULTS
) -> None:
    """Scores locbao and the tools on pages as HTML; writes `html.md`. Raises LocbaoError."""
    scores = measure(read_sources(corpus or [], material or []), read_configuration(LineConfig, config), jobs)
    tables = (peer_table(name, peers, COLUMNS) for name, peers in scores.items())
    write_table("html", document("# Pages as HTML", NOTES, f"Versions: {versions(*PACKAGES)}.", *tables), results)


if __name__ == "__main__":
    start(run, __doc__)
