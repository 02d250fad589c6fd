"""A labelled page as a row, and as text for a reader."""

import json
from typing import Any

from locbao.predict.labelled import LabelledPage
from locbao.predict.reading.json_rows import Id
from locbao.predict.store.manifest import SHORT_DIGEST

_DIGITS = 4  # of a probability


def signature(name: str, digest: str) -> str:
    """What a row says of the model that made it: its name and the first digits of its digest."""
    return f"{name} {digest[:SHORT_DIGEST]}"


def as_row(id: Id, page: LabelledPage, model: str) -> dict[str, Any]:
    """The row of a page; `model` is the `signature` of the model that labelled it."""
    return {
        "id": id,
        "lines": [
            {"line": line.number, "label": line.label, "score": round(line.score, _DIGITS), "text": line.text}
            for line in page.lines
        ],
        "topics": {topic: round(score, _DIGITS) for topic, score in page.topics.items()},
        "topic_scores": {topic: round(score, _DIGITS) for topic, score in page.topic_scores.items()},
        "evidence": {topic: list(numbers) for topic, numbers in page.evidence.items()},
        "model": model,
    }


def as_text(id: Id, page: LabelledPage) -> str:
    """The page for a reader, in Markdown's manner.

    `# id`, the body with a blank line between paragraphs, then each different caption as a `> ` line:
    `grep -v '^[#>] '` leaves the body alone.
    """
    parts = [f"# {id}", page.body, "\n".join(f"> {caption}" for caption in dict.fromkeys(page.captions))]
    return "\n\n".join(part for part in parts if part) + "\n\n"


def json_line(row: dict[str, Any]) -> bytes:
    r"""The row as a line of JSON. A lone surrogate is written as `\udXXX`, which is how JSON escapes it."""
    return to_bytes(json.dumps(row, ensure_ascii=False) + "\n")


def to_bytes(text: str) -> bytes:
    r"""UTF-8, with `\udXXX` for a lone surrogate."""
    return text.encode(errors="backslashreplace")
