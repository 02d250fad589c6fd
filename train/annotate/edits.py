"""A corpus file whose labels are changed page by page, perhaps from several places at once.

The file is read anew for every step, so what another program has written counts. A change says which revision of the
page it is made to, and is refused if the page is another by now: nobody overwrites what somebody else has done. Rows
that are not changed keep their bytes, also those that no page can be made of.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from threading import Lock
from typing import Any

from locbao.features.errors import LocbaoError
from locbao.features.labels import LABELS
from locbao.features.text import normalise, split_lines
from locbao.predict.reading.items import Unusable
from locbao.predict.reading.parsing import json_object
from locbao.predict.writing.atomic_files import replace
from locbao.predict.writing.part_files import UnwritableOutput
from locbao.predict.writing.rows import json_line
from locbao.train.corpus.corpus_files import CorpusError, Row

_HINT = "Give a file of JSON Lines that `locbao corpus draft` wrote, or another corpus, not compressed."


class PageChanged(LocbaoError):
    """A change to a page that is another by now."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"{source}: the page was changed in another tab or by another program, so this change was not saved, and "
            "nothing was overwritten. Load the page again, and repeat it."
        )


class BadChange(LocbaoError):
    """A change that no page can take."""


@dataclass(frozen=True, slots=True)
class EditedPage:
    """A row of the file as it stands there: `place`, from 0, among the rows; `revision` changes with any byte of it."""

    place: int
    row: Row
    revision: str

    @property
    def text(self) -> str:
        """The page as models read it, a line a line of the corpus."""
        return "\n".join(" ".join(split_lines(line["text"])) for line in self.row["lines"])


class CorpusFile:
    """The file at `path`. Its methods may be called by several threads at once.

    Raises CorpusError if it is no file of JSON Lines, or has no page; UnwritableOutput if no change could be saved.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()  # a link stays a link
        self._lock = Lock()
        if path.suffix in (".gz", ".zst") or path.is_dir():
            raise CorpusError(str(path), "is compressed, or a folder", _HINT)
        if not self.pages():
            raise CorpusError(str(path), "holds no page", f"{_HINT} `locbao corpus check` tells what is wrong with it.")
        folder = self.path.parent  # where a changed file is written before it takes the place of the old one
        if not os.access(folder, os.W_OK | os.X_OK):
            what = f"changes could not be saved, since nothing may be written in {folder}"
            raise UnwritableOutput(path, what, "Change the permissions of the folder, or edit a copy in another one.")

    def pages(self) -> list[EditedPage]:
        """All pages in order; rows that are none are left out."""
        pages = (self._page(place, line) for place, line in enumerate(self._rows()))
        return [page for page in pages if isinstance(page, EditedPage)]

    def faults(self) -> list[CorpusError]:
        """The rows that are no pages, each with what is wrong with it."""
        pages = (self._page(place, line) for place, line in enumerate(self._rows()) if line.strip())
        return [fault for fault in pages if isinstance(fault, CorpusError)]

    def page(self, place: int) -> EditedPage:
        """The page at this place. Raises CorpusError if there is none."""
        return self._at(place, self._rows())

    def change(self, place: int, revision: str, change: Mapping[str, Any]) -> EditedPage:
        """Makes a change to the page and saves the file; the page as it is then.

        `change` may have "labels" and "sure", which give lines, by their number from 1 as text, a label of LABELS, or
        true or false; and "checked", whether somebody has been through the page. A line that is given a label loses its
        score, even if the label stays: a person has said so. Raises PageChanged, BadChange, CorpusError and OSError;
        the file is then as it was.
        """
        with self._lock:
            rows = self._rows()
            page = self._at(place, rows)
            if page.revision != revision:
                raise PageChanged(f"{self.path.name}:{place + 1}")
            end = rows[place][len(rows[place].rstrip(b"\r\n")) :]
            rows[place] = json_line(_changed(page.row, change)).rstrip(b"\n") + end
            descriptor, name = mkstemp(prefix=f"{self.path.name}.", dir=self.path.parent)  # no file's name as yet
            part = Path(name)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(b"".join(rows))
                shutil.copymode(self.path, part)
                replace(part, self.path)
            finally:
                part.unlink(missing_ok=True)
            return self._at(place, rows)

    def _rows(self) -> list[bytes]:
        with self.path.open("rb") as file:
            return file.readlines()

    def _at(self, place: int, rows: Sequence[bytes]) -> EditedPage:
        page = self._page(place, rows[place] if place < len(rows) else b"")
        if isinstance(page, CorpusError):
            raise page
        return page

    def _page(self, place: int, line: bytes) -> EditedPage | CorpusError:
        source = f"{self.path.name}:{place + 1}"
        try:
            row = json_object(line.strip())
        except Unusable as error:
            return CorpusError(source, str(error), _HINT)
        lines = row.get("lines")
        if not isinstance(lines, list) or not lines or not all(map(_is_line, lines)):
            return CorpusError(source, 'no "lines", a list of {"text", "label"}', _HINT)
        return EditedPage(place, row, hashlib.sha256(line).hexdigest()[:16])


def _is_line(line: object) -> bool:
    return isinstance(line, dict) and isinstance(line.get("text"), str)


def _changed(row: Row, change: Mapping[str, Any]) -> Row:
    lines = [dict(line) for line in row["lines"]]
    by_number = {str(number): line for number, line in enumerate(lines, start=1) if normalise(line["text"])}
    for kind in ("labels", "sure"):
        values = change.get(kind, {})
        if not isinstance(values, dict):
            raise BadChange(f'"{kind}" is no object of line numbers.')
        for number, value in values.items():
            line = by_number.get(number)
            if line is None:
                raise BadChange(f"Line {number[:9]} is blank, or not on the page.")
            if kind == "labels" and value in LABELS:
                line["label"] = value
                line.pop("score", None)
            elif kind == "sure" and isinstance(value, bool):
                line.pop("sure", None)
                if not value:
                    line["sure"] = False
            else:
                raise BadChange(f"Line {number} cannot be {value!r}.")
    row = {**row, "lines": lines}
    if isinstance(change.get("checked"), bool):
        row.pop("checked", None)
        if change["checked"]:
            row["checked"] = True
    return row
