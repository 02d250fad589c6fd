"""A labelled page, a report on a training, or a page of a corpus to edit as one HTML document that needs nothing else.

The text in it may be hostile. jinja2 escapes all of it, and the document's own policy (base.j2; of the editor: its
headers) forbids every request and all scripts, but for the editor's own under its nonce, so that an error here would
still run nothing. In files, filters and reasons work by style sheet alone.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markdown_it import MarkdownIt
from markupsafe import Markup

from locbao.features.amounts import counted
from locbao.features.labels import LABELS
from locbao.features.text import normalise_lines
from locbao.predict.batch.likeness import UNSURE
from locbao.predict.labelled import LabelledPage
from locbao.rendering.terminal import EVIDENCE, marked_runs, printable, readable, topics_by_line

if TYPE_CHECKING:
    from locbao.experiments.trials.report_parts import Report
    from locbao.predict.explain import Explanation
    from locbao.train.annotate.edits import EditedPage

GENERATOR = Markup('<meta name="generator" content="locbao">')
"""Stands at the head of every document, and shows that it may be replaced."""

REASONS = 5
"""Reasons shown for a line."""

MOST_EXPLAINED = 5_000
"""Lines of the longest page that is shown with reasons: those of every line of a longer one would fill the memory."""


def render_page(name: str, page: LabelledPage, explanations: Iterable["Explanation"], model: str) -> str:
    """The HTML document of a page; a line without an explanation has no reasons beside its probabilities."""
    return _template("page.j2").render(
        title=name,
        page=page,
        model=model,
        counts=Counter(line.label for line in page.lines),
        unsure_lines={line.number for line in page.lines if line.score < UNSURE},
        topics_by_line=topics_by_line(page),
        marked_runs=marked_runs(page),
        reasons={explanation.line: explanation.reasons for explanation in explanations},
        most_reasons=REASONS,
    )


def render_report(report: "Report") -> str:
    """The HTML document of a report."""
    return _template("report.j2").render(title=report.title, facts=report.facts, sections=report.sections)


def render_editor(page: "EditedPage", pages: Sequence["EditedPage"], by_model: LabelledPage, nonce: str) -> str:
    """The document for `page`, one of `pages`, with the topics and evidence that a model finds on it."""
    lines = page.row["lines"]
    shown = normalise_lines([line["text"] for line in lines])
    places = [other.place for other in pages]
    index = places.index(page.place)
    open_places = [other.place for other in pages if not other.row.get("checked") and other.place != page.place]
    return _template("edit.j2").render(
        title=str(page.row.get("id", f"row {page.place + 1}")),
        page=page,
        lines=[(number, line) for number, (line, text) in enumerate(zip(lines, shown, strict=True), 1) if text],
        number=index + 1,
        pages=len(pages),
        checked=sum(bool(other.row.get("checked")) for other in pages),
        before=places[index - 1] if index else None,
        after=places[index + 1] if index + 1 < len(places) else None,
        next_open=next((place for place in open_places if place > page.place), next(iter(open_places), None)),
        by_model=by_model,
        topics_by_line=topics_by_line(by_model),
        nonce=nonce,
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    """Where the templates are; everything they print is escaped."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=_finalized,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals |= {"generator": GENERATOR, "labels": LABELS, "unsure": UNSURE, "evidence_mark": EVIDENCE}
    templates.filters["markdown"] = _markdown
    templates.filters["base64"] = lambda content: b64encode(content).decode()
    templates.filters["counted"] = counted
    templates.filters["readable"] = readable
    return templates


def _finalized(value: Any) -> Any:
    """What a template prints, before it is escaped: text without control characters and lone surrogates."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _markdown(text: str) -> Markup:
    """Headings, tables, paragraphs and code as HTML: all that reports have of Markdown. Everything else stays text."""
    parser = MarkdownIt("zero").enable(["heading", "table", "backticks"])
    tokens = parser.parse(printable(text))
    for token in tokens:
        if token.type.startswith("heading"):
            token.tag = "h3"  # below the section's own title
        elif token.type in {"th_open", "td_open"}:
            token.attrs.clear()  # the alignment; the style sheet knows it
    html = parser.renderer.render(tokens, parser.options, {})
    return Markup(
        html.replace("<table>", '<div class="table" tabindex="0"><table>').replace("</table>", "</table></div>")
    )
