"""What pages are composed of: articles in parts, other articles' headlines, and the furniture of real pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from locbao.train.composer.article import LEAD, Parts, parts_of_page
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.corpus.labelled_pages import Article, CorpusPage, Headline, site_key

Place = Literal["before", "under", "between", "after", "list"]

SHORTEST = 200  # characters of the paragraphs of an article worth composing with
PHOTO_STORY = 5  # captions from which an article can be one
RUN = 25  # lines from which a run of a section page is closed at the next blank line


@dataclass(frozen=True, slots=True)
class Furniture:
    """A run of a real page's sidebar lines ("" is a blank line), with the headline and lead of the page it stood on."""

    site: str
    place: Place
    lines: tuple[str, ...]
    headline: str
    lead: str


@dataclass(frozen=True)
class Material:
    """Everything to compose with.

    `parts` keep the place of their captions, `loose` articles do not. `furniture` is a tuple of runs for each page.
    `headlines` and `captions` stand on any page, as what other articles lend to its lists and thumbnails.
    """

    parts: tuple[Parts, ...]
    loose: tuple[Article, ...]
    headlines: tuple[Headline, ...]
    captions: tuple[str, ...]
    furniture: tuple[tuple[Furniture, ...], ...]

    @cached_property
    def photo_stories(self) -> tuple[Parts, ...]:
        """The articles with at least PHOTO_STORY captions."""
        return tuple(parts for parts in self.parts if len(parts.captions) >= PHOTO_STORY)

    @cached_property
    def pages_by_site(self) -> dict[str, tuple[tuple[Furniture, ...], ...]]:
        """For each site with real furniture, sorted, its pages as their runs."""
        sites = sorted({page[0].site for page in self.furniture})
        return {site: tuple(page for page in self.furniture if page[0].site == site) for site in sites}


def gather(
    pages: Sequence[CorpusPage], articles: Sequence[Article] = (), headlines: Sequence[Headline] = ()
) -> Material:
    """Material out of labelled pages, loose articles and headlines; without headlines, those of the articles serve.

    Several cuts of one page (same site, same headline) count once, the longest. Raises CorpusError if there
    is no article.
    """
    parts: dict[tuple[str, str], Parts] = {}
    furniture: dict[tuple[str, str], tuple[Furniture, ...]] = {}
    for page in sorted(pages, key=lambda page: -len(page.lines)):
        site = site_key(page.site)
        article = parts_of_page(page, site)
        key = (site, article.headline if article else page.id)
        if article and article.length >= SHORTEST:
            parts.setdefault(key, article)
        runs = tuple(_furniture(page, site, article))
        if runs:
            furniture.setdefault(key, runs)
    if not parts and not articles:
        hint = "Give a corpus of labelled pages with body lines, or articles."
        raise CorpusError("material", "no article with a headline and paragraphs to compose pages with", hint)
    others = [Headline(one.headline, one.lead, one.site) for one in parts.values()]
    others += [Headline(one.title, one.lead, "") for one in articles]
    captions = tuple(caption for one in parts.values() for caption in one.captions)
    shown = tuple(headlines or others)
    return Material(tuple(parts.values()), tuple(articles), shown, captions, tuple(furniture.values()))


def _furniture(page: CorpusPage, site: str, article: Parts | None) -> Iterator[Furniture]:
    if any(page.kinds):
        return  # an aggregator's page: its few lines are no newspaper's furniture
    body = [index for index, label in enumerate(page.labels) if label == "body"]
    if not body:
        yield from (Furniture(site, "list", run, "", "") for run in _cut(page.lines))
        return
    if article is None:
        return
    for place, first, stop in _places(page, body):
        lines = _trimmed([page.lines[i] for i in range(first, stop) if page.sure[i]])
        if lines:
            yield Furniture(site, place, lines, article.headline, article.lead)


def _places(page: CorpusPage, body: Sequence[int]) -> Iterator[tuple[Place, int, int]]:
    """The stretches of sidebar lines of a page with an article, as half-open ranges of lines."""
    article = [index for index, label in enumerate(page.labels) if label in ("body", "caption") and page.sure[index]]
    head = body[0]
    long = (i for i in article if i > head and (page.labels[i] == "caption" or len(page.lines[i].split()) >= LEAD))
    start = next(long, article[-1])
    yield "before", 0, head
    for here, following in pairwise(article):
        if here >= head and following > here + 1:
            yield ("under" if following <= start else "between"), here + 1, following
    yield "after", article[-1] + 1, len(page.lines)


def _cut(lines: Sequence[str]) -> Iterator[tuple[str, ...]]:
    run: list[str] = []
    for line in [*lines, ""]:
        if not line and len(run) >= RUN:
            yield _trimmed(run)
            run = []
        run.append(line)
    if rest := _trimmed(run):
        yield rest


def _trimmed(lines: Sequence[str]) -> tuple[str, ...]:
    """Without the blank lines at both ends."""
    kept = [index for index, line in enumerate(lines) if line.strip()]
    return tuple(lines[kept[0] : kept[-1] + 1]) if kept else ()
