"""A labelled page as one HTML file that needs nothing else: no script, no network.

The page text may be hostile. It is escaped wherever it stands, and the file's own policy forbids scripts and every
request, so that an error here would still run nothing. Filters and reasons work by style sheet alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from locbao.cli.console import printable
from locbao.features.labels import LABELS
from locbao.predict.labelled import LabelledLine, LabelledPage
from locbao.rendering.terminal import EVIDENCE, UNSURE, topics_by_line

if TYPE_CHECKING:
    from locbao.predict.explain import Explanation, Reason

REASONS = 5
"""Reasons shown for a line."""

MOST_EXPLAINED = 5_000
"""Lines of the longest page that is shown with reasons: those of every line of a longer one would fill the memory."""

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render_page(name: str, page: LabelledPage, explanations: Iterable["Explanation"], model: str) -> str:
    """The HTML document of a page; a line without an explanation has no reasons beside its probabilities."""
    reasons = {explanation.line: explanation.reasons for explanation in explanations}
    previous, spoken_for = [0, *(line.number for line in page.lines)], topics_by_line(page)
    items = [
        _item(line, reasons.get(line.number, ()), spoken_for.get(line.number, ()), gap=line.number - before > 1)
        for before, line in zip(previous, page.lines, strict=False)
    ]
    top = [*head(name, "show.css"), *_header(name, page, model, bool(reasons)), "<main><ol>"]
    return "\n".join([*top, *items, "</ol></main></body></html>", ""])


def head(name: str, *sheets: str) -> list[str]:
    """The document up to its body; `sheets`: style sheets beside this file."""
    style = "".join(files("locbao.rendering").joinpath(sheet).read_text(encoding="utf-8") for sheet in sheets)
    return [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{text_of(name)} · locbao</title><style>\n{style}</style></head><body>",
    ]


def _header(name: str, page: LabelledPage, model: str, explained: bool) -> list[str]:
    counts = Counter(line.label for line in page.lines)
    unsure = sum(line.score < UNSURE for line in page.lines)
    shares = "".join(f'<i class="{label}" style="flex:{counts[label]}"></i>' for label in LABELS)
    reasons = " and the reasons of its label" if explained else "; the page is too long to list the reasons as well"
    filters = [
        f'<label class="{label}"><input type="checkbox" id="show-{label}" checked> <b>{label}</b>'
        f" <span>{counts[label]}</span></label>"
        for label in LABELS
    ]
    return [
        f"<header><h1>{text_of(name)}</h1><p>{len(page.lines)} lines, labelled by {text_of(model)}. "
        f"Point at a line, tap it or move to it with Tab for its probabilities{reasons}.</p>"
        f'<div class="shares" aria-hidden="true">{shares}</div>{_topics(page)}</header>',
        '<form aria-label="Lines to show">',
        *filters,
        f'<label><input type="checkbox" id="only-unsure"> <b>only unsure</b> <span>{unsure}</span></label></form>',
    ]


def _topics(page: LabelledPage) -> str:
    """The topics that the page carries, each with links to its evidence."""
    rows = []
    for topic, score in page.topics.items():
        links = ", ".join(f'<a href="#L{number}">{number}</a>' for number in page.evidence[topic])
        rows.append(f"<p><b>{EVIDENCE} {text_of(topic)}</b> {score:.0%}, see line {links}</p>")
    return f'<nav class="topics" aria-label="Topics">{"".join(rows)}</nav>' if rows else ""


def _item(line: LabelledLine, reasons: tuple["Reason", ...], topics: Sequence[str], *, gap: bool) -> str:
    """One line; `topics`: those that it is evidence of; `gap`: blank lines stand before it."""
    marked = {"unsure": line.score < UNSURE, "gap": gap, "evidence": bool(topics)}
    classes = " ".join([line.label, *(name for name, holds in marked.items() if holds)])
    marks = "".join(f" <b>{EVIDENCE} {text_of(topic)}</b>" for topic in topics)
    speaks = f'<p class="speaks">speaks for{marks}</p>' if topics else ""
    why = f"{_scores(line.scores)}{_reasons(line, reasons)}"
    return (
        f'<li class="{classes}" id="L{line.number}" tabindex="0" aria-describedby="why-{line.number}">'
        f'<span class="number">{line.number}</span>'
        f'<span class="label">{line.label}</span><span class="score">{line.score:.0%}</span>'
        f'<p class="text" lang="vi">{text_of(line.text)}</p>{speaks}'
        f'<div class="why" id="why-{line.number}" role="note">{why}</div></li>'
    )


def _scores(scores: Mapping[str, float]) -> str:
    rows = (
        f'<tr class="{label}"><th>{label}</th><td class="bar">{_bar(score)}</td><td>{score:.1%}</td></tr>'
        for label, score in ((label, scores[label]) for label in LABELS)
    )
    return f"<table>{''.join(rows)}</table>"


def _reasons(line: LabelledLine, reasons: tuple["Reason", ...]) -> str:
    if not reasons:
        return ""
    second = sorted(LABELS, key=lambda label: -line.scores[label])[1]
    strongest = max(abs(reason.weight) for reason in reasons) or 1.0
    rows = (
        f'<tr><th>{text_of(reason.feature)}</th><td class="value">{_value(reason.value)}</td>'
        f'<td class="bar">{_bar(reason.weight / strongest)}</td><td>{reason.weight:+.2f}</td></tr>'
        for reason in reasons[:REASONS]
    )
    return f"<h2>Why {line.label}, not {second}</h2><table>{''.join(rows)}</table>"


def _value(value: float) -> str:
    """The value of a feature that is not just there or not."""
    return "" if value == 1 else f"{value:.3g}"


def _bar(share: float) -> str:
    """A bar of |share| of its room, from 0 to 1; one that counts against the label is grey."""
    against = ' class="against"' if share < 0 else ""
    return f'<i{against} style="width:{abs(share):.1%}"></i>'


def text_of(text: str) -> str:
    """Any text as it may stand anywhere in HTML."""
    return escape(printable(text))
