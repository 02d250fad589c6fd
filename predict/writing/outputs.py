"""Where labelled pages go, as the user names it: JSON Lines, text or Parquet, in one file or a file for each page."""

import gzip
import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile

from locbao.predict.optional import need
from locbao.predict.reading.inputs import is_read_in_folders
from locbao.predict.reading.items import Cursor, Raw, ReadOptions, Unusable
from locbao.predict.reading.jsonl import raw_rows
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parsing import json_object
from locbao.predict.writing import page_files, parquet_file
from locbao.predict.writing.atomic_files import replace, sync_folder
from locbao.predict.writing.part_files import (
    UnwritableOutput,
    Writer,
    is_special,
    journal_of,
    open_part,
    quarantine_of,
    standard_output,
)
from locbao.predict.writing.rows import Labelled, as_markdown, as_row, as_text, json_line, to_bytes

_GZIP_LEVEL = 6
_ZSTD_LEVEL = 3


class Format(StrEnum):
    """How labelled pages are written."""

    JSONL = "jsonl"
    TEXT = "text"
    PARQUET = "parquet"
    MARKDOWN = "markdown"


_SUFFIXES = {
    "": Format.JSONL,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".parquet": Format.PARQUET,
    ".txt": Format.TEXT,
    ".md": Format.MARKDOWN,
}
_FOREIGN = "exists, and nothing in it shows that locbao wrote it"
_FILE_SUFFIXES = {Format.JSONL: ".json", Format.TEXT: ".txt", Format.MARKDOWN: ".md"}  # of one page


@dataclass(frozen=True, slots=True)
class Output:
    """Where labelled pages go, and how they are written.

    `path` is None for standard output. `compression` is "", "gz" or "zst". `mirrored`: `path` is a folder, and each
    page a file in it.
    """

    path: Path | None
    format: Format
    compression: str = ""
    mirrored: bool = False

    @classmethod
    def of(cls, path: str | Path | None, format: Format | None = None) -> "Output":
        """The output that the user names: a folder, if it is one or ends in a slash.

        Without a format the name tells it: .jsonl, .parquet, .txt, .md; a name without any suffix, JSON Lines. Raises
        UnwritableOutput if name and format do not fit together, or the name tells nothing that locbao can write;
        MissingLibrary if a library is missing.
        """
        if path is None:
            if format is Format.PARQUET:
                raise UnwritableOutput("standard output", "cannot take Parquet", "Give a file: -o FILE.parquet")
            return cls(None, format or Format.JSONL)
        if not str(path):  # such as "$OUT" of a variable that is not set: the working folder, if it were a path
            raise UnwritableOutput("''", "is no name of an output", "Give a file, or a folder with a / at its end.")
        target = Path(path)
        if target.name in ("", ".."):  # such as ".": what stands beside it needs a name
            target = target.resolve()
        if not target.name:
            raise UnwritableOutput(path, "is the root of all files", "Give the name of a file or of a new folder.")
        mirrored = str(path).endswith(("/", os.sep)) or target.is_dir()
        suffix, compression = "" if mirrored else target.suffix.lower(), ""
        if suffix in (".gz", ".zst"):
            suffix, compression = target.with_suffix("").suffix.lower(), suffix[1:]
        if format is None and suffix not in _SUFFIXES and not is_special(target):
            hint = "Give a name that ends in .jsonl, .parquet, .txt or .md, or say with --format what to write."
            raise UnwritableOutput(path, f"ends in {suffix}, which locbao does not write", hint)
        output = cls(target, format or _SUFFIXES.get(suffix, Format.JSONL), compression, mirrored)
        output._check_fit(target, suffix)
        return output

    def _check_fit(self, path: Path, suffix: str) -> None:
        if self.format is Format.PARQUET:
            if self.mirrored:
                raise UnwritableOutput(path, "is a folder, and Parquet is one file", "Give -o FILE.parquet.")
            if self.compression or is_special(path):
                raise UnwritableOutput(path, "cannot take Parquet", "Give a plain file: -o FILE.parquet.")
            need("pyarrow.parquet", "Writing .parquet files")
        elif suffix == ".parquet":
            hint = "Leave --format out, or give another name for -o."
            raise UnwritableOutput(path, f"is named like a Parquet file, but --format is {self.format}", hint)
        if self.compression == "zst":
            need("zstandard", "Writing .zst files")

    @property
    def part(self) -> Path | None:
        """The file that the output is collected in; None for standard output, pipes and devices."""
        if self.path is None or is_special(self.path):
            return None
        target = self.path.resolve()  # a link stays a link
        return target.with_name(f"{target.name}.part")

    @property
    def files(self) -> list[Path]:
        """Every file that a run into this output may make, replace or remove; none for standard output."""
        if self.path is None or self.part is None:
            return []
        part = self.part
        beside = [quarantine_of(self.path), quarantine_of(self.path.with_name(part.name))]
        return [self.path, *beside, part, journal_of(part), _table_of(part)]

    def encode(self, pages: Sequence[Labelled], model: str) -> bytes:
        """Pages as bytes that are written one after the other; `model` is the `signature` of the model.

        Nothing for no pages, the same bytes for the same pages.
        """
        if not pages:
            return b""
        if self.format is Format.PARQUET:
            return parquet_file.as_stream(pages, model)
        if self.format is Format.TEXT:
            contents = [to_bytes(as_text(id, page)) for id, page, _ in pages]
        elif self.format is Format.MARKDOWN:
            contents = [to_bytes(as_markdown(id, page)) for id, page, _ in pages]
        else:
            contents = [json_line(as_row(id, page, model, kept)) for id, page, kept in pages]
        if self.mirrored:
            places = [page_files.place(page.id, _FILE_SUFFIXES[self.format]) for page in pages]
            return page_files.pack(zip(places, contents, strict=True))
        return self._compressed(b"".join(contents))

    def _compressed(self, data: bytes) -> bytes:
        """A whole gzip member or zstd frame: readers take several in a row for one file."""
        if self.compression == "gz":
            return gzip.compress(data, _GZIP_LEVEL, mtime=0)
        if self.compression == "zst":
            zstandard = need("zstandard", "Writing .zst files")
            return bytes(zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(data))
        return data

    def open(self, position: int = 0) -> Writer:
        """A writer that takes what `encode` makes; from `position` on, if that is not 0. Raises OSError.

        Raises UnwritableOutput if the part file holds less than `position` bytes.
        """
        if self.path is None:
            return Writer(standard_output().buffer, own=False)
        if self.part is None:
            return Writer(self.path.open("wb"))
        return open_part(self.part, position)

    def settle(self) -> None:
        """Makes the output of its finished part file. What a crash leaves half done is done again the next time."""
        assert self.path
        assert self.part
        part, target = self.part, self.path.resolve()
        if self.mirrored:
            page_files.unpack(part, target)
            if hasattr(os, "sync"):
                os.sync()
            part.unlink()
        elif self.format is Format.PARQUET:
            whole = _table_of(part)
            try:
                parquet_file.write_parquet(part, whole)
                replace(whole, target)
            finally:
                whole.unlink(missing_ok=True)  # after a failure: the disk may be full
            part.unlink()
        else:
            replace(part, target)
        sync_folder(part.parent)


def _table_of(part: Path) -> Path:
    return part.with_name(f"{part.name}.parquet")


def check_output(output: Output, inputs: Sequence[str], *, resuming: bool = False, force: bool = False) -> None:
    """Raises UnwritableOutput: standard output that is closed, an output below a file, one of the inputs, a folder that
    holds something already, or, without `force`, a file that locbao did not write.

    A file may stem from the run that is resumed, where there is one; what a folder holds may also stem from one that
    was finished, and none of it is overwritten.
    """
    if output.path is None:
        standard_output()
        return
    above = next(folder for folder in output.path.absolute().parents if folder.exists())
    if not above.is_dir():
        raise UnwritableOutput(output.path, f"cannot be made, since {above} is a file", "Give another name for -o.")
    for file in output.files[1:]:
        if _is_input(file, inputs):
            what = f"cannot be written, since its file {file} is an input as well"
            raise UnwritableOutput(output.path, what, "Give another name for -o.")
    if not output.mirrored:
        check_file(output.path, inputs)
        begun = resuming and output.part is not None and journal_of(output.part).exists()
        if not (force or begun):
            check_rows_of_locbao(output.path, {"id", "lines", "model"})
            check_rows_of_locbao(quarantine_of(output.path), {"file", "row", "reason"})
    elif any(name != "-" and _same(output.path, name) for name in inputs):
        raise UnwritableOutput(output.path, "is an input as well", "Give another folder for -o.")
    elif output.path.exists() and not output.path.is_dir():
        raise UnwritableOutput(output.path, "is a file, not a folder", "Leave the slash out, or give another name.")
    elif not resuming and output.path.is_dir() and any(output.path.iterdir()):
        raise UnwritableOutput(output.path, "is a folder that is not empty", "Give a new folder, or a file, for -o.")


def check_rows_of_locbao(path: Path, fields: set[str]) -> None:
    """Raises UnwritableOutput for a file that is not empty and whose first row lacks one of the `fields`. Text and
    Markdown show nothing of who wrote them."""
    if not path.is_file() or not path.stat().st_size:
        return
    with path.open("rb") as file:
        is_table = file.read(4) == b"PAR1"
    try:
        if is_table:
            names = need("pyarrow.parquet", "Looking into .parquet files").read_schema(path).names
        else:
            first = next(raw_rows(str(path), ReadOptions(), Cursor()))
            names = json_object(first.data) if isinstance(first, Raw) else ()
    except (Unusable, ValueError):  # ArrowInvalid is a ValueError
        names = ()
    if not fields <= set(names):
        raise UnwritableOutput(path, _FOREIGN, "Give another name, or --force to overwrite it.")


def check_file_of_locbao(path: Path, inputs: Sequence[str], mark: bytes) -> None:
    """Tells before the work whether a file can be written after it; makes the folder that it will stand in.

    Raises UnwritableOutput: a folder, one of the inputs, or a file that has not `mark` in its first 1,000 bytes, so
    that locbao did not write it; OSError.
    """
    check_file(path, inputs)
    if is_special(path):
        return
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            if mark not in file.read(1000):
                raise UnwritableOutput(path, _FOREIGN, "Give another name, or move it away.")
    folder = path.resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        error.filename = str(path)  # not that of a file nobody has asked for
        raise


def check_file(path: Path, inputs: Sequence[str]) -> None:
    """Raises UnwritableOutput if `path` is a folder or one of the inputs."""
    if path.is_dir():
        raise UnwritableOutput(path, "is a folder", "Give the name of a file.")
    if _is_input(path, inputs):
        raise UnwritableOutput(path, "is an input as well, and would be overwritten", "Give another name.")


def _is_input(path: Path, inputs: Sequence[str]) -> bool:
    """Whether a file is one of the inputs, or a page in a folder that is one."""
    if not path.is_file():
        return False
    could_be_read = is_read_in_folders(path.name, Markup.HTML)
    folders = [name for name in inputs if could_be_read and name != "-" and os.path.isdir(name)]
    below = any(path.resolve().is_relative_to(Path(folder).resolve()) for folder in folders)
    return below or any(_same(path, name) for name in inputs if name != "-")


def _same(path: Path, name: str) -> bool:
    return path.exists() and Path(name).exists() and path.samefile(name)
