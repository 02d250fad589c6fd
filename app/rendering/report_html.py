"""A report as one HTML file that needs nothing else; see show_html.py for what keeps hostile text from doing harm."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from locbao.rendering.page_html import head, text_of

if TYPE_CHECKING:
    from locbao.experiments.trials.kind import JudgedLine, JudgedPage, Report, Section


def render_report(report: "Report") -> str:
    """The HTML document of a report."""
    parts = [*head(report.title, "show.css", "report.css"), f"<header><h1>{text_of(report.title)}</h1>"]
    parts += [_facts(report.facts), "</header>"]
    if any(section.pages for section in report.sections):
        parts.append('<form aria-label="Lines to show"><label><input type="checkbox" id="only-wrong"> ')
        parts.append("<b>only mistakes</b></label></form>")
    for section in report.sections:
        parts += ["<main>", *_section(section), "</main>"]
    return "\n".join([*parts, "</body></html>", ""])


def _facts(facts: Mapping[str, str]) -> str:
    rows = "".join(f"<dt>{text_of(name)}</dt><dd>{text_of(value)}</dd>" for name, value in facts.items())
    return f"<dl>{rows}</dl>"


def _section(section: "Section") -> Iterator[str]:
    yield f"<h2>{text_of(section.title)}</h2>"
    yield from _markdown(section.text)
    if section.pictures:
        pictures = (_picture(title, content) for title, content in section.pictures.items())
        yield f'<div class="pictures">{"".join(pictures)}</div>'
    if section.pages:
        yield "<h3>The pages with the most mistakes</h3>"
        yield from (_page(page, opened=place == 0) for place, page in enumerate(section.pages))


def _markdown(text: str) -> Iterator[str]:
    """Headings, tables and paragraphs, which is all that reports have of Markdown."""
    for block in filter(None, re.split(r"\n{2,}", text.strip())):
        for is_table, lines in groupby(block.splitlines(), key=lambda line: line.startswith("|")):
            if is_table:
                yield _table([[cell.strip() for cell in line[2:-2].split(" | ")] for line in lines])
            else:
                paragraph = " ".join(lines)
                tag = "h3" if paragraph.startswith("#") else "p"
                yield f"<{tag}>{_code(paragraph.lstrip('# '))}</{tag}>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    """The header, and the rows below the ruler."""
    header = "".join(f"<th>{_code(cell)}</th>" for cell in rows[0])
    body = ("".join(f"<td>{_code(cell)}</td>" for cell in row) for row in rows[2:])
    return f'<div class="table"><table><tr>{header}</tr>{"".join(f"<tr>{row}</tr>" for row in body)}</table></div>'


def _code(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", text_of(text))


def _picture(title: str, png: bytes) -> str:
    source = f"data:image/png;base64,{b64encode(png).decode()}"
    return f'<figure><img src="{source}" alt="{text_of(title)}"><figcaption>{text_of(title)}</figcaption></figure>'


def _page(page: "JudgedPage", *, opened: bool) -> str:
    lines = "\n".join(_line(number, line) for number, line in enumerate(page.lines, start=1))
    summary = f"<summary><b>{text_of(page.name)}</b> {page.wrong} of {len(page.lines)} lines wrong</summary>"
    return f"<details{' open' if opened else ''}>{summary}<ol>\n{lines}\n</ol></details>"


def _line(number: int, line: "JudgedLine") -> str:
    classes = f"{line.label} wrong" if line.wrong else line.label
    truth = f'<b class="truth {line.truth}">true: {line.truth}</b>' if line.wrong else ""
    unsure = "" if line.sure else '<b class="truth">not scored</b>'
    return (
        f'<li class="{classes}"><span class="number">{number}</span><span class="label">{line.label}</span>'
        f'<span class="score">{line.score:.0%}</span>'
        f'<p class="text" lang="vi">{text_of(line.text)}{truth}{unsure}</p></li>'
    )
