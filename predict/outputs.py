"""Labelled pages as rows or as text, and the files they go to: complete or not there at all."""

import gzip
import json
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from locbao.features.errors import LocbaoError
from locbao.predict.inputs import Rejected
from locbao.predict.labelled import LabelledPage
from locbao.predict.manifest import SHORT_DIGEST
from locbao.predict.rows import Id

_DIGITS = 4  # of a probability


class Format(StrEnum):
    """How labelled pages are written."""

    JSONL = "jsonl"
    TEXT = "text"


class UnwritableOutput(LocbaoError):
    """The output file cannot be written where it should be: `path`."""

    def __init__(self, path: Path, what: str, hint: str) -> None:
        super().__init__(f"{path}: {what}. {hint}")
        self.path, self.what, self.hint = path, what, hint


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


def encode(id: Id, page: LabelledPage, model: str, format: Format) -> bytes:
    r"""The bytes of one page in the output. A lone surrogate is written as `\udXXX`, which is how JSON escapes it."""
    text = as_text(id, page) if format is Format.TEXT else _json_line(as_row(id, page, model))
    return text.encode(errors="backslashreplace")


def _json_line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def check_output(path: Path, inputs: list[str]) -> None:
    """Raises UnwritableOutput if `path` is a folder or one of the inputs."""
    if path.is_dir():
        raise UnwritableOutput(path, "is a folder", "Give the name of a file for -o.")
    if path.is_file() and any(Path(name).exists() and path.samefile(name) for name in inputs if name != "-"):
        raise UnwritableOutput(path, "is an input as well, and would be overwritten", "Give another name for -o.")


@contextmanager
def open_output(path: Path | None) -> Iterator[BinaryIO]:
    """The file to write to: standard output for None; a name that ends in .gz is compressed.

    A file is written as `NAME.part` beside its place and renamed when all went well; otherwise it is removed, and what
    stood there before stays as it was.
    """
    if path is None:
        file = standard_output().buffer
        yield file
        file.flush()
    elif is_special(path):
        with path.open("wb") as file:
            yield file
    else:
        target = path.resolve()  # a link stays a link
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        try:
            with _create(part, target.suffix == ".gz") as file:
                yield file
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def standard_output() -> TextIO:
    """Standard output. Raises UnwritableOutput if it was closed before the program began."""
    if sys.stdout is None:
        raise UnwritableOutput(Path("standard output"), "is closed", "Leave it open, or write to a file.")
    return sys.stdout


def is_special(path: Path) -> bool:
    """Whether the path is a device or a pipe, which is written to and never replaced."""
    return path.exists() and not stat.S_ISREG(path.stat().st_mode)


def _create(part: Path, compressed: bool) -> BinaryIO:
    if compressed:
        return cast(BinaryIO, gzip.GzipFile(part, "wb", mtime=0))
    return part.open("wb")


class Quarantine:
    """The file `OUT.errors.jsonl` beside an output: `{"file": …, "row": …, "reason": …}` a line.

    `row` is null where the whole file is meant. The file exists only if something was rejected; the one of an earlier
    run is removed.
    """

    def __init__(self, output: Path) -> None:
        self.path = output.with_name(f"{output.name}.errors.jsonl")
        self.path.unlink(missing_ok=True)

    def add(self, rejected: Rejected) -> None:
        """Writes it down at once, so that nothing is lost if the run breaks off."""
        row = {"file": rejected.source.file, "row": rejected.source.row, "reason": rejected.reason}
        with self.path.open("ab") as file:
            file.write(_json_line(row).encode(errors="backslashreplace"))
