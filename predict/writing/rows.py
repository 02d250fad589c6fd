"""A labelled page as a row, and as text for a reader.

FIELDS is the one list of what a row says of its page. JSON, Parquet, Spark and MLflow take names, types and values from
it, so that a new field is one entry here.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, get_args, get_origin, get_type_hints, is_typeddict

from locbao.predict.reading.items import Id

if TYPE_CHECKING:
    from locbao.predict.labelled import LabelledPage

_DIGITS = 4  # of a probability


class LineFields(TypedDict):
    """A labelled line in a row."""

    line: int
    label: str
    score: float
    text: str


class SpanFields(TypedDict):
    """A sentence in a row: characters from `start` to before `end` of the text of a line."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RowField:
    """A field of a row: how it is read off a page. `type`: str, int, float, list[…], dict[str, …] or a TypedDict."""

    name: str
    type: Any
    value: Callable[["LabelledPage"], Any]


def _lines(page: "LabelledPage") -> list[LineFields]:
    return [
        {"line": line.number, "label": line.label, "score": round(line.score, _DIGITS), "text": line.text}
        for line in page.lines
    ]


def _spans(page: "LabelledPage") -> dict[str, list[SpanFields]]:
    return {
        topic: [{"line": line, "start": start, "end": end} for line, start, end in spans]
        for topic, spans in page.evidence_spans.items()
    }


def _rounded(probabilities: Mapping[str, float]) -> dict[str, float]:
    return {topic: round(probability, _DIGITS) for topic, probability in probabilities.items()}


FIELDS = (
    RowField("lines", list[LineFields], _lines),
    RowField("topics", dict[str, float], lambda page: _rounded(page.topics)),
    RowField("topic_scores", dict[str, float], lambda page: _rounded(page.topic_scores)),
    RowField("evidence", dict[str, list[int]], lambda page: {topic: list(n) for topic, n in page.evidence.items()}),
    RowField("evidence_spans", dict[str, list[SpanFields]], _spans),
    RowField("article", float, lambda page: round(page.article, _DIGITS)),
    RowField("headline", int, lambda page: page.headline or 0),
    RowField("warnings", list[str], lambda page: list(page.warnings)),
)
"""What a row says of a page, between its "id" and its "model"."""

COLUMNS: dict[str, Any] = {"id": str, **{field.name: field.type for field in FIELDS}, "model": str}
"""The types of all fields of a row by name, as tables hold them: in JSON an id may be a whole number as well."""


def translated(
    type: Any,
    simple: Mapping[Any, Any],
    array: Callable[[Any], Any],
    map: Callable[[Any], Any],
    struct: Callable[[dict[str, Any]], Any],
) -> Any:
    """A type of COLUMNS in the terms of another library.

    `simple`: its types for str, int and float. `array`, `map` (from strings) and `struct` make a type of the types of
    items, of values and of fields.
    """

    def inner(type: Any) -> Any:
        return translated(type, simple, array, map, struct)

    if get_origin(type) is list:
        return array(inner(get_args(type)[0]))
    if get_origin(type) is dict:
        return map(inner(get_args(type)[1]))
    if is_typeddict(type):
        return struct({name: inner(field) for name, field in get_type_hints(type).items()})
    return simple[type]


class Labelled(NamedTuple):
    """A labelled page on its way out: its id, and the fields that are `kept` of the row that it came from."""

    id: Id
    page: "LabelledPage"
    kept: Mapping[str, Any] = {}


def as_row(id: Id, page: "LabelledPage", model: str, kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The row of a page; `model` is the `signature` of the model that labelled it. `kept`: fields of the page's own row
    that are kept, none of them called as one of COLUMNS."""
    return {"id": id, **(kept or {}), **{field.name: field.value(page) for field in FIELDS}, "model": model}


def as_text(id: Id, page: "LabelledPage") -> str:
    """The page for a reader, in Markdown's manner.

    `# id`, the body with a blank line between paragraphs, then each different caption as a `> ` line:
    `grep -v '^[#>] '` leaves the body alone.
    """
    return _document(id, page.body, page.captions)


_IN_BLOCK = re.compile(r"\s*(?:[*+-]\s|\d{1,3}[.)]\s|\||>)")  # an item of a list, a row of a table, a quote


def as_markdown(id: Id, page: "LabelledPage") -> str:
    """As `as_text`, but of the input's own lines, with their marks; neighbours in a list, a table or a broken paragraph
    stay together."""
    body: list[str] = []
    before = None
    for line in page.lines:
        if line.label == "body":
            if before:
                neighbours = before.number + 1 == line.number
                inside = _IN_BLOCK.match(before.text) and _IN_BLOCK.match(line.text)
                body.append("\n" if line.continues or (neighbours and inside) else "\n\n")
            body.append(line.text)
            before = line
    return _document(id, "".join(body), (line.text.strip() for line in page.lines if line.label == "caption"))


def _document(id: Id, body: str, captions: Iterable[str]) -> str:
    heading = "# " + " ".join(str(id).splitlines())  # a second line of it would be taken for body
    parts = [heading, body, "\n".join(f"> {caption}" for caption in dict.fromkeys(captions))]
    return "\n\n".join(part for part in parts if part) + "\n\n"


def json_line(row: dict[str, Any]) -> bytes:
    r"""The row as a line of JSON. A lone surrogate is written as `\udXXX`, which is how JSON escapes it."""
    return to_bytes(json.dumps(row, ensure_ascii=False) + "\n")


def to_bytes(text: str) -> bytes:
    r"""UTF-8, with `\udXXX` for a lone surrogate."""
    return text.encode(errors="backslashreplace")
