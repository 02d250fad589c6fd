"""Labelled lines set into HTML, as a site would have written the page that they came from.

The tags follow the labels, which is more than a real site does for its readers: every caption is marked as one, all
furniture stands in blocks of its own. It makes the work of a tool that reads tags easier, not harder. What the tags are
is written in `html_templates.toml`, for four ways in which sites write them.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from locbao.train.composer.article import HEADING, LEAD, is_signature
from locbao.train.corpus.labelled_pages import CorpusPage

_FOOTER = re.compile(r"©|copyright|giấy phép|tòa soạn|tổng biên tập|bản quyền|hotline|điện thoại|e-?mail|địa chỉ", re.I)
_PLAIN = re.compile(r"^\W*\d|\d{1,2}[/:]\d{1,2}|^(?:thứ|chủ nhật)\b", re.I)
_ENDS = (".", "!", "?", "…", ":", "”", '"')
_TEASER = 22  # words from which a line of furniture is a summary, not a headline
_ALIKE = 20  # characters that an alternative text shares with its caption, or with the headline


class SiteTemplate(BaseModel):
    """How a site writes each part of a page, once for each line where it repeats. Pairs stand around a part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    opening: str
    """Of the page: {title}."""
    before: tuple[str, str]
    """Around what stands above the article."""
    group: tuple[str, str]
    """Around lines of furniture that stand together."""
    link: str
    plain: str
    """Furniture that is no link: a date, an address."""
    teaser: str
    card: str
    """A teaser whose picture and headline are links of the same text."""
    article: tuple[str, str]
    headline: str
    lead: str
    paragraph: str
    heading: str
    signature: str
    figure: str
    """{alt}, {caption}."""
    alone: str
    """A picture without a caption: {alt}."""
    inside: tuple[str, str]
    """Around furniture inside the article."""
    after: tuple[str, str]
    footer: tuple[str, str]


def read_templates() -> list[SiteTemplate]:
    """The four ways of `html_templates.toml`."""
    text = Path(__file__).with_name("html_templates.toml").read_text(encoding="utf-8")
    return [SiteTemplate(name=name, **parts) for name, parts in tomllib.loads(text).items()]


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
            template.opening.format(title=escape(headline)),
            *_furniture(before, template, template.before),
            template.article[0],
            *_article(lines[first:stop], headline, template),
            template.article[1],
            *_furniture(after[:foot], template, template.after),
            *_within(template.footer, [template.plain.format(text=escape(text)) for text in after[foot:]]),
        )
    )


def _article(lines: Sequence[tuple[str, str]], headline: str, template: SiteTemplate) -> Iterator[str]:
    bodies = 0  # body lines so far
    last = max(index for index, (_, label) in enumerate(lines) if label == "body")
    index = 0
    for label, run in groupby(lines, key=lambda line: line[1]):
        texts = [text for text, _ in run]
        if label == "sidebar":
            yield from _furniture(texts, template, template.inside)
        elif label == "caption":
            yield from _figures(texts, headline, template)
        else:
            for number, text in enumerate(texts, index):
                yield _body(text, bodies, number == last, template).format(text=escape(text))
                bodies += 1
        index += len(texts)


def _body(text: str, before: int, last: bool, template: SiteTemplate) -> str:
    """The markup of a body line after so many others."""
    if before == 0:
        return template.headline
    if before == 1 and len(text.split()) >= LEAD:
        return template.lead
    if last and is_signature(text):
        return template.signature
    return template.heading if len(text) <= HEADING and not text.endswith(_ENDS) else template.paragraph


def _figures(captions: Sequence[str], headline: str, template: SiteTemplate) -> Iterator[str]:
    """Pictures of the lines: an alternative text and the caption after it, or one of the two."""
    left = list(captions)
    while left:
        text = left.pop(0)
        if left and text[:_ALIKE] in (left[0][:_ALIKE], headline[:_ALIKE]):
            yield template.figure.format(alt=escape(text), caption=escape(left.pop(0)))
        elif text[:_ALIKE] == headline[:_ALIKE]:
            yield template.alone.format(alt=escape(text))
        else:
            yield template.figure.format(alt="", caption=escape(text))


def _furniture(texts: Sequence[str], template: SiteTemplate, around: tuple[str, str]) -> Iterator[str]:
    parts: list[str] = []
    left = list(texts)
    while left:
        text = left.pop(0)
        if left and left[0] == text and len(text.split()) > 1:
            left.pop(0)
            parts.append(template.card.format(text=escape(text)))
        else:
            parts.append(_line(text, template).format(text=escape(text)))
    yield from _within(around, _within(template.group, parts))


def _line(text: str, template: SiteTemplate) -> str:
    if len(text.split()) >= _TEASER:
        return template.teaser
    return template.plain if _PLAIN.search(text) else template.link


def _within(around: tuple[str, str], parts: Sequence[str] | Iterator[str]) -> list[str]:
    inside = list(parts)
    return [around[0], *inside, around[1]] if inside else []
