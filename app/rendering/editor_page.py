"""The page in which a corpus is edited: one HTML document whose style and script stand in it under a nonce."""

from collections.abc import Sequence

from locbao.features.labels import LABELS
from locbao.features.text import normalise_lines
from locbao.predict.batch.likeness import UNSURE
from locbao.predict.labelled import LabelledPage
from locbao.rendering.html_documents import environment
from locbao.rendering.terminal import EVIDENCE, topics_by_line
from locbao.train.annotate.edits import EditedPage

REASONS = 6
"""Reasons shown for a line."""


def render_editor(page: EditedPage, pages: Sequence[EditedPage], by_model: LabelledPage, nonce: str) -> str:
    """The document for `page`, one of `pages`, with the topics and evidence that a model finds on it."""
    lines = page.row["lines"]
    shown = normalise_lines([line["text"] for line in lines])
    places = [other.place for other in pages]
    index = places.index(page.place)
    open_places = [other.place for other in pages if not other.row.get("checked") and other.place != page.place]
    return (
        environment()
        .get_template("edit.j2")
        .render(
            title=str(page.row.get("id", f"row {page.place + 1}")),
            page=page,
            lines=[(number, line) for number, (line, text) in enumerate(zip(lines, shown, strict=True), 1) if text],
            number=index + 1,
            pages=len(pages),
            checked=sum(bool(other.row.get("checked")) for other in pages),
            before=places[index - 1] if index else None,
            after=places[index + 1] if index + 1 < len(places) else None,
            next_open=next((place for place in open_places if place > page.place), next(iter(open_places), None)),
            labels=LABELS,
            unsure_below=UNSURE,
            topics=by_model.topics,
            evidence=by_model.evidence,
            evidence_mark=EVIDENCE,
            topics_by_line=topics_by_line(by_model),
            nonce=nonce,
        )
    )
