"""A labelled page, or a report on a training, as one HTML file that needs nothing else: no script, no network.

The text in it may be hostile. jinja2 escapes all of it, and the file's own policy (base.j2) forbids scripts and every
request, so that an error here would still run nothing. Filters and reasons work by style sheet alone.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from locbao.features.amounts import counted
from locbao.features.labels import LABELS
from locbao.predict.batch.likeness import UNSURE
from locbao.predict.labelled import LabelledPage
from locbao.rendering.terminal import EVIDENCE, marked_runs, printable, readable, topics_by_line

if TYPE_CHECKING:
    from locbao.experiments.trials.kind import Report
    from locbao.predict.explain import Explanation

GENERATOR = Markup('<meta name="generator" content="locbao">')
"""Stands at the head of every document, and shows that it may be replaced."""

REASONS = 5
"""Reasons shown for a line."""

MOST_EXPLAINED = 5_000
"""Lines of the longest page that is shown with reasons: those of every line of a longer one would fill the memory."""


def render_page(name: str, page: LabelledPage, explanations: Iterable["Explanation"], model: str) -> str:
    """The HTML document of a page; a line without an explanation has no reasons beside its probabilities."""
    return (
        environment()
        .get_template("page.j2")
        .render(
            title=name,
            page=page,
            model=model,
            labels=LABELS,
            counts=Counter(line.label for line in page.lines),
            unsure=UNSURE,
            unsure_lines={line.number for line in page.lines if line.score < UNSURE},
            evidence_mark=EVIDENCE,
            topics_by_line=topics_by_line(page),
            marked_runs=marked_runs(page),
            reasons={explanation.line: explanation.reasons for explanation in explanations},
            most_reasons=REASONS,
        )
    )


def render_report(report: "Report") -> str:
    """The HTML document of a report."""
    return (
        environment().get_template("report.j2").render(title=report.title, facts=report.facts, sections=report.sections)
    )


@cache
def environment() -> Environment:
    """Where the templates are; everything they print is escaped."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=_finalized,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["generator"] = GENERATOR
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
