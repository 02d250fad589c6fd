"""A corpus as tasks of Label Studio, with its labels as predictions, and the annotations made there as a corpus."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from locbao.features.labels import LABELS
from locbao.features.text import normalise
from locbao.predict.reading.encoding import decode
from locbao.predict.reading.items import Unusable
from locbao.train.corpus.corpus_files import CorpusError, Row

_COLOURS = zip(LABELS, ("green", "orange", "gray"), strict=True)
CONFIGURATION = (
    '<View><ParagraphLabels name="label" toName="page">'
    + "".join(f'<Label value="{label}" background="{colour}"/>' for label, colour in _COLOURS)
    + '</ParagraphLabels><Paragraphs name="page" value="$lines" nameKey="number" textKey="text" layout="dialogue"/>'
    + "</View>"
)
"""The labelling interface that the tasks are made for."""

_HINT = "Give the JSON that Label Studio exports of tasks that `locbao corpus export` made."


def tasks(rows: Iterable[Row]) -> Iterator[Row]:
    """A task for each row of a corpus. Its `data.row` is the whole row, so that nothing is lost on the way back."""
    for row in rows:
        shown = [{"number": str(number), "text": line["text"]} for number, line in enumerate(row["lines"], start=1)]
        results = [_region(place, line) for place, line in enumerate(row["lines"]) if line.get("label")]
        data = {"id": row["id"], "lines": shown, "row": json.dumps(row, ensure_ascii=False)}
        yield {"data": data, "predictions": [{"model_version": str(row.get("draft", "corpus")), "result": results}]}


def _region(place: int, line: Row) -> Row:
    end = len(line["text"].encode("utf-16-le", "surrogatepass")) // 2  # as JavaScript counts
    value = {"start": str(place), "end": str(place), "startOffset": 0, "endOffset": end, "text": line["text"]}
    region = {"id": f"line-{place + 1}", "from_name": "label", "to_name": "page", "type": "paragraphlabels"}
    score = {"score": line["score"]} if isinstance(line.get("score"), float) else {}
    return {**region, "value": {**value, "paragraphlabels": [line["label"]]}, **score}


def annotated_rows(path: Path, annotator: str | None = None) -> Iterator[Row]:
    """The rows of a corpus, with the labels that people have given its lines; a task that nobody has labelled keeps its
    own, and a line that its annotator left without a region has none.

    `annotator`: whose labels count, by the number, name or address that Label Studio gives; tasks without any of them
    are left out. Raises CorpusError: a file of something else, several annotators without that choice, one who has
    labelled nothing, two labels for a line.
    """
    try:
        exported = json.loads(decode(path.read_bytes()))
    except (Unusable, ValueError, RecursionError) as error:
        raise CorpusError(str(path), f"is no JSON ({error})", _HINT) from None
    people: set[str] = set()
    for number, task in enumerate(exported if isinstance(exported, list) else [exported], start=1):
        source = f"{path}, task {number}"
        try:
            row = json.loads(task["data"]["row"])
            by = [each for each in task.get("annotations") or [] if not each.get("was_cancelled")]
            people |= {name for each in by for name in _names(each.get("completed_by"))}
            chosen = [each for each in by if annotator in (None, *_names(each.get("completed_by")))]
            count = len(row["lines"])
            labels = [_labels(source, each["result"], count) for each in chosen]
            if labels:
                row["lines"] = [relabelled(line, labels[0].get(place)) for place, line in enumerate(row["lines"])]
        except (KeyError, TypeError, AttributeError, ArithmeticError, ValueError, RecursionError) as error:
            raise CorpusError(source, f"is no task of a corpus: {what_misses(error)}", _HINT) from None
        if len(labels) > 1:
            who = ", ".join(sorted({str(_names(each.get("completed_by"))[0]) for each in chosen}))
            hint = "Choose one with --annotator, and compare several with `locbao corpus check --against`."
            raise CorpusError(source, f"was labelled {len(labels)} times (by {who})", hint)
        if labels or annotator is None:
            yield row
    if annotator is not None and annotator not in people:
        who = ", ".join(sorted(people)) or "nobody"
        raise CorpusError(str(path), f"{annotator!r} has labelled nothing", f"Choose one of those who have: {who}.")


def what_misses(error: Exception) -> str:
    """Why a row of another tool is none of a corpus, by what reading it raised."""
    return f"it has no {error.args[0]!r}" if isinstance(error, KeyError) else "its values are of other types"


def _names(user: Any) -> list[str]:
    """What an annotator is called in an export: a number, or an object with several names."""
    names = [str(user[key]) for key in ("id", "email", "username") if key in user] if isinstance(user, dict) else []
    return names or [str(user)]


def _labels(source: str, result: list[Row], lines: int) -> dict[int, str]:
    """The label of each line that a region covers, by its index."""
    labels: dict[int, str] = {}
    for value in (region["value"] for region in result if region["type"] == "paragraphlabels"):
        [label] = value["paragraphlabels"]
        for place in range(max(int(value["start"]), 0), min(int(value["end"]) + 1, lines)):
            if labels.setdefault(place, label) != label:
                what = f"line {place + 1} is {labels[place]} and {label}"
                raise CorpusError(source, what, "Give it one label, and export again.")
    return labels


def relabelled(line: Row, label: str | None) -> Row:
    """The line with this label; a blank one stays without. The score of another label goes."""
    if line.get("label") == label or not normalise(line["text"]):
        return line
    return {name: value for name, value in {**line, "label": label}.items() if name != "score"}
