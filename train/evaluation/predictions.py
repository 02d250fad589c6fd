"""Pages with their out-of-site probabilities as a file, so that models can be compared on what neither has learned."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from locbao.features.labels import LABELS
from locbao.predict.writing.outputs import check_file_of_locbao, check_rows_of_locbao
from locbao.predict.writing.part_files import UnwritableOutput
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage, by_style

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
    """The pages of a file of these rows, compressed where it is named so."""
    return by_style((row["style"], _page(row)) for row in read_rows(path))


def _page(row: Mapping[str, Any]) -> ScoredPage:
    probabilities = np.array(row["probabilities"], dtype=np.float64).reshape(-1, len(LABELS))
    sure = np.array(row["sure"], dtype=np.bool_)
    return ScoredPage(row["id"], row["site"], tuple(row["texts"]), tuple(row["truth"]), probabilities, sure)


def packed_rows(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows as compressed JSON Lines; the same rows, the same bytes."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return gzip.compress("".join(lines).encode(errors="surrogatepass"), mtime=0)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON Lines, compressed where it is named so."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in content.decode(errors="surrogatepass").split("\n")[:-1]:
        yield json.loads(line)
