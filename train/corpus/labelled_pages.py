"""Labelled pages, articles and headlines. Every fault in a file is a `CorpusError` that names file and line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from locbao.features.labels import LABELS
from locbao.features.page import Page
from locbao.features.text import normalise
from locbao.train.corpus.corpus_files import (
    CorpusError,
    Row,
    is_sure,
    optional_text,
    optional_texts,
    repeated_ids,
    required_text,
    rows,
    rows_and_faults,
)

# Papers whose pages stand in corpora under a name that is not their host.
_ALIASES = {
    "báo vietnamnet": "vietnamnet",
    "báo người lao động": "nld",
    "báo quân đội nhân dân": "qdnd",
    "báo cao bằng": "baocaobang",
    "báo chính phủ": "baochinhphu",
    "báo đầu tư": "baodautu",
    "chuyên trang đầu tư chứng khoán": "baodautu",
    "tạp chí vneconomy": "vneconomy",
    "tạp chí tri thức": "znews",
    "báo vtc news": "vtcnews",
    "báo văn hóa": "baovanhoa",
    "báo xây dựng": "baoxaydung",
    "báo tri thức & cuộc sống": "khoahocdoisong",
    "chuyên trang vietnamdaily": "khoahocdoisong",
    "báo công lý": "congly",
    "báo bắc ninh": "baobacninhtv",
    "báo bảo vệ pháp luật": "baovephapluat",
    "báo hà nội mới": "hanoimoi",
    "đài phát thanh và truyền hình hà nội": "hanoimoi",
    "báo tuyên quang": "baohagiang",
    "báo vietnamplus": "vietnamplus",
    "báo tin tức ttxvn": "baotintuc",
    "báo tiền phong": "tienphong",
    "tạp chí saostar": "saostar",
}
_NOT_A_NAME = ("www", "m", "amp", "mobile")
_SECOND_LEVEL = ("com", "gov", "org", "net", "edu")  # as in .com.vn


@dataclass(frozen=True, slots=True)
class CorpusPage:
    """A page with a label for each line, blank lines included (text "", label None).

    `sure` is False on lines that are not scored. `kinds` is what the corpus says about a line beyond its label (title,
    sapo, author, …), None where it says nothing. `style` is the cut of the page ("full", "main", …), "" where the
    corpus has none. `source` is "file:line". `links`: share of link text in each line, None where the corpus has none.
    """

    id: str
    site: str
    lines: tuple[str, ...]
    labels: tuple[str | None, ...]
    sure: tuple[bool, ...]
    kinds: tuple[str | None, ...]
    style: str
    source: str
    links: tuple[float, ...] | None = None

    @property
    def page(self) -> Page:
        """The page without its labels."""
        return Page.from_lines(self.lines, self.links)

    @property
    def has_article(self) -> bool:
        """Whether it has body lines, as a section page has not: such a page is learned from, but not scored."""
        return "body" in self.labels


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline with its summary and the site it was published on ("" where there is none)."""

    title: str
    summary: str
    site: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article without page furniture; its captions have lost their place."""

    id: str
    title: str
    lead: str
    body: tuple[str, ...]
    captions: tuple[str, ...]


def read_corpus(paths: Sequence[Path]) -> list[CorpusPage]:
    """All pages of the files, in order.

    Raises CorpusError: a file that is missing, not UTF-8, not JSON Lines or empty; a row without id, site or lines; a
    page without text; an id met before; a label that is not one of LABELS, or is (not) null on a line that is (not)
    blank.
    """
    pages, faults = pages_and_faults(paths)
    if len(faults) > 1:
        faults[0].add_note(f"{len(faults) - 1} more; `locbao corpus check` names them all.")
    if faults:
        raise faults[0]
    return pages


def pages_and_faults(paths: Sequence[Path]) -> tuple[list[CorpusPage], list[CorpusError]]:
    """All pages of the files that have no fault, in order, and every fault of the others (see `read_corpus`)."""
    pages, faults = [], []
    for path in paths:
        for source, row in rows_and_faults(path):
            page = row if isinstance(row, CorpusError) else _page(source, row)
            if isinstance(page, CorpusPage):
                pages.append(page)
            else:
                faults += page if isinstance(page, list) else [page]
    return pages, [*faults, *repeated_ids((page.id, page.source) for page in pages)]


def _page(source: str, row: Row) -> CorpusPage | list[CorpusError]:
    """The page of a row, or all that is wrong with it."""
    faults: list[CorpusError] = []
    site, page_id, style, lines = site_of(row), "", "", row.get("lines")
    if not site:
        faults.append(CorpusError(source, "no site", 'Add "site", the name of the page\'s newspaper.'))
    try:
        page_id = required_text(source, row, "id")
        style = optional_text(source, row, "style")
    except CorpusError as error:
        faults.append(error)
    if not isinstance(lines, list) or not lines:
        return [*faults, CorpusError(source, 'no "lines"', 'Add "lines", a list of {"text", "label"} in page order.')]
    read = [_line(f"{source}, line {number} of page {page_id!r}", line) for number, line in enumerate(lines, start=1)]
    faults += [line for line in read if isinstance(line, CorpusError)]
    good = [line for line in read if not isinstance(line, CorpusError)]
    if not faults and all(label is None for _, label, *_ in good):
        faults.append(
            CorpusError(source, f"page {page_id!r} is empty: all its lines are blank", "Leave such pages out.")
        )
    if faults:
        return faults
    texts, labels, sure, kinds, links = zip(*good, strict=True)
    return CorpusPage(page_id, site, texts, labels, sure, kinds, style, source, links if any(links) else None)


def _line(  # noqa: PLR0911 (one for each fault)
    source: str, line: object
) -> tuple[str, str | None, bool, str | None, float] | CorpusError:
    """Text, label, whether it is sure, kind, and share of link text of a line, or what is wrong with it."""
    if not isinstance(line, dict) or not isinstance(line.get("text"), str):
        return CorpusError(source, "not an object with a text", 'Write {"text": "…", "label": "body"}.')
    text, label, kind, link = line["text"], line.get("label"), line.get("kind"), line.get("link", 0)
    try:
        sure = is_sure(source, line)
    except CorpusError as error:
        return error
    if "\n" in text or "\r" in text:
        return CorpusError(source, "a line break inside the text", "Split it into lines, each with its label.")
    if label is not None and label not in LABELS:
        return CorpusError(
            source, f"unknown label {label!r}", f"Use one of {', '.join(LABELS)}, or null on a blank line."
        )
    blank = not normalise(text)
    if blank and label is not None:
        return CorpusError(source, f"label {label!r} on a blank line", "Blank lines have the label null.")
    if not blank and label is None:
        return CorpusError(source, "no label", f"Use one of {', '.join(LABELS)}; null is for blank lines alone.")
    if isinstance(link, bool) or not isinstance(link, int | float) or not 0 <= link <= 1:
        return CorpusError(source, '"link" is no number from 0 to 1', "Give the share of the line that is link text.")
    return text, label, sure, kind if isinstance(kind, str) else None, float(link)


def read_headlines(path: Path) -> list[Headline]:
    """Rows of `title` and optional `summary`. Raises CorpusError."""
    return [
        Headline(required_text(source, row, "title"), optional_text(source, row, "summary"), site_of(row))
        for source, row in rows(path)
    ]


def read_articles(path: Path) -> list[Article]:
    """Rows of `id`, `title`, `body` (list) and optional `lead`, `captions`. Raises CorpusError."""
    return [
        Article(
            id=required_text(source, row, "id"),
            title=required_text(source, row, "title"),
            lead=optional_text(source, row, "lead"),
            body=optional_texts(source, row, "body"),
            captions=optional_texts(source, row, "captions"),
        )
        for source, row in rows(path)
    ]


def site_of(row: Row) -> str:
    """The site of a row: its `site`, else `newspaper`, else the host of its `url`; "" if it has none of them."""
    named = row.get("site") or row.get("newspaper")
    if named:
        return str(named).split(" - ")[0]  # feeds name their section behind the newspaper
    return _host(str(row.get("url") or "")).removeprefix("www.")


def site_key(site: str) -> str:
    """One name for a site however it is written: `https://www.nld.com.vn/…`, `nld.com.vn` and `nld` are `nld`."""
    name = site.strip().lower()
    name = _host(name) or name if "://" in name else name
    if " " in name:
        return _ALIASES.get(name, name)
    labels = [label for label in name.split(".") if label not in _NOT_A_NAME]
    while len(labels) > 2 and labels[-2] in _SECOND_LEVEL:
        del labels[-2]
    return labels[max(0, len(labels) - 2)] if labels else name


def _host(address: str) -> str:
    """The host of an address; "" where it is none, whatever it looks like."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
