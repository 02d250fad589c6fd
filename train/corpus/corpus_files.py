"""The files of corpora: which they are, what tells them from others a year later, and their rows, read and written."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from locbao.features.errors import SourceError
from locbao.predict.reading.items import Cursor, ReadOptions, Rejected, Unusable
from locbao.predict.reading.jsonl import raw_rows
from locbao.predict.reading.parsing import json_object
from locbao.predict.writing.rows import json_line
from locbao.train.tracking.tracked_run import DataFile

EXAMPLES = Path(__file__).parents[1] / "data" / "examples"

Row = dict[str, Any]


class CorpusError(SourceError):
    """A corpus cannot be used: `source` is the file, with the line from 1 where one is at fault."""


def example_corpus() -> list[Path]:
    """The files of the corpus that comes with locbao."""
    return sorted(EXAMPLES.glob("*.jsonl"))


def data_files(corpora: Sequence[Path], material: Sequence[Path] = ()) -> list[DataFile]:
    """Name, digest and size of every file: a year later, the question is whether it was the same one."""
    files = [(path, "corpus") for path in expanded(corpora) or example_corpus()]
    files += [(path, "material") for path in expanded(material)]
    return [data_file(path, role) for path, role in files]


def data_file(path: Path, role: str) -> DataFile:
    """Name, digest and size of a file."""
    content = path.read_bytes()
    return DataFile(path.name, hashlib.sha256(content).hexdigest(), len(content), role)


Corpora = str | Path | Sequence[str | Path]
"""A file or folder, or several."""


def corpus_paths(corpora: Corpora) -> list[Path]:
    """One path or several, as a list."""
    return [Path(path) for path in ([corpora] if isinstance(corpora, str | Path) else corpora)]


def expanded(paths: Sequence[Path]) -> list[Path]:
    """The files: folders replaced by their corpus files, sorted. Raises CorpusError for a folder without any."""
    return [file for path in paths for file in (_files(path) if path.is_dir() else [path])]


def _files(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.iterdir() if file.name.endswith((".jsonl", ".jsonl.gz")))
    if not files:
        raise CorpusError(str(folder), "no corpus in this folder", "Give one with .jsonl or .jsonl.gz files.")
    return files


def first_row(path: Path) -> Row:
    """The first row of a file, whatever it holds. Raises CorpusError."""
    return next(rows(path))[1]


def rows(path: Path) -> Iterator[tuple[str, Row]]:
    """The rows of a JSON Lines file, each with its "file:line". Raises CorpusError."""
    for source, row in rows_and_faults(path):
        if isinstance(row, CorpusError):
            raise row
        yield source, row


def rows_and_faults(path: Path) -> Iterator[tuple[str, Row | CorpusError]]:
    """The rows of a JSON Lines file, each with its "file:line", or what is wrong there."""
    for item in raw_rows(str(path), ReadOptions(), Cursor()):
        source = str(item.source)
        if isinstance(item, Rejected):
            yield source, CorpusError(source, item.reason, "Give a file of JSON Lines, plain or as .jsonl.gz.")
            continue
        try:
            yield source, json_object(item.data)
        except Unusable as error:
            yield source, CorpusError(source, str(error), "Write one JSON object a line, as UTF-8.")


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    """Writes a file of JSON Lines, and says how many; one that is cut off does not get the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        count = sum(bool(file.write(json_line(row))) for row in rows)
    part.replace(path)
    return count


def repeated_ids(ids: Iterable[tuple[str, str]]) -> Iterator[CorpusError]:
    """A fault for each id, given with its source, that stood before."""
    sources: dict[str, str] = {}
    for id, source in ids:
        if id in sources:
            yield CorpusError(source, f"id {id!r} stands already at {sources[id]}", "Give every row its own id.")
        sources.setdefault(id, source)


def required_text(source: str, row: Row, field: str) -> str:
    """A text that is not empty. Raises CorpusError."""
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise CorpusError(source, f'no "{field}"', f'Add "{field}", a text that is not empty.')
    return value


def optional_text(source: str, row: Row, field: str) -> str:
    """A text that may be missing, "" then. Raises CorpusError."""
    value = row.get(field)
    if value is not None and not isinstance(value, str):
        raise CorpusError(source, f'"{field}" is not a text', f'Write "{field}" as a text, or leave it out.')
    return value or ""


def optional_texts(source: str, row: Row, field: str) -> tuple[str, ...]:
    """A list of texts that may be missing, empty then. Raises CorpusError."""
    value = row.get(field)
    if value is not None and (not isinstance(value, list) or not all(isinstance(item, str) for item in value)):
        raise CorpusError(source, f'"{field}" is not a list of texts', f'Write "{field}" as a list of texts.')
    return tuple(value or ())


def is_sure(source: str, row: Row) -> bool:
    """What `sure` says of a line or an article, True where it says nothing. Raises CorpusError."""
    value = row.get("sure")
    if value is not None and not isinstance(value, bool):
        raise CorpusError(source, f'"sure" is {value!r}', 'Write "sure": false on what is doubtful, or leave it out.')
    return value is not False
