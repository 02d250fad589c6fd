"""Pages with their out-of-site probabilities as a file, so that models can be compared on what neither has learned."""

import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from locbao.features.labels import LABELS
from locbao.predict.writing.outputs import check_file_of_locbao, check_rows_of_locbao
from locbao.predict.writing.part_files import UnwritableOutput
from locbao.predict.writing.rows import json_line
from locbao.train.corpus.corpus_files import CorpusError, Row, rows
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage, by_style

_Read = TypeVar("_Read")

HELD_OUT = "held_out.jsonl.gz"
"""Where a run keeps them."""

DECIMALS = 6
"""Of a probability."""


def packed_pages(scored: ByStyle) -> bytes:
    """The pages as compressed JSON Lines, complete with their lines and true labels; the same pages, the same bytes."""
    return packed_rows(
        {
            "id": page.id,
            "site": page.site,
            "style": style,
            "texts": page.texts,
            "truth": page.truth,
            "sure": page.sure.tolist(),
            "probabilities": np.round(page.probabilities, DECIMALS).tolist(),
        }
        for style, pages in scored.items()
        for page in pages
    )


def check_held_out(path: Path, inputs: Sequence[Path], model: Path, *, force: bool) -> None:
    """Raises UnwritableOutput, OSError if pages cannot be written there, would replace what locbao did not write, or
    would stand in the folder of the model, which holds nothing else."""
    if path.resolve().is_relative_to(model.resolve()):
        raise UnwritableOutput(path, "would stand in the folder of the model", "Give --predictions another place.")
    check_file_of_locbao(path, [*map(str, inputs)], b"")
    if not force:
        check_rows_of_locbao(path, {"id", "texts", "truth", "probabilities"})


def write_held_out(path: Path, scored: ByStyle) -> None:
    """The pages as JSON Lines, compressed where the file is named so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = packed_pages(scored)
    path.write_bytes(packed if path.suffix == ".gz" else gzip.decompress(packed))


def read_held_out(path: Path) -> ByStyle:
    """The pages of a file of these rows, compressed where it is named so. Raises CorpusError, ScoreError."""
    return by_style(read_rows(path, _styled_page))


def _styled_page(row: Row) -> tuple[str, ScoredPage]:
    probabilities = np.array(row["probabilities"], dtype=np.float64).reshape(-1, len(LABELS))
    sure, texts, truth = np.array(row["sure"], dtype=np.bool_), tuple(row["texts"]), tuple(row["truth"])
    return row["style"], ScoredPage(row["id"], row["site"], texts, truth, probabilities, sure)


def packed_rows(rows: Iterable[Row]) -> bytes:
    """The rows as compressed JSON Lines; the same rows, the same bytes."""
    return gzip.compress(b"".join(map(json_line, rows)), mtime=0)


def read_rows(path: Path, read: Callable[[Row], _Read]) -> Iterator[_Read]:
    """What `read` makes of each row of such a file. Raises CorpusError, also for a row of something else."""
    for source, row in rows(path):
        try:
            result = read(row)
        except (KeyError, TypeError, ValueError) as error:
            hint = "Give a file that a training wrote, as it wrote it (locbao train lines --predictions)."
            raise CorpusError(source, f"holds no predictions ({error!r})", hint) from None
        yield result
