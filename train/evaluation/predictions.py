"""Pages with their out-of-site probabilities as a file, so that models can be compared on what neither has learned."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from locbao.features.labels import LABELS
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage

HELD_OUT = "held_out.jsonl.gz"
"""Where a run keeps them."""

_DECIMALS = 6


def packed_pages(scored: ByStyle) -> bytes:
    """The pages as compressed JSON Lines, complete with their lines and true labels; the same pages, the same bytes."""
    return packed_rows(_rows(scored))


def write_held_out(path: Path, scored: ByStyle) -> None:
    """The pages as JSON Lines, compressed where the file is named so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed_pages(scored) if path.suffix == ".gz" else _json_lines(_rows(scored)))


def read_held_out(path: Path) -> ByStyle:
    """The pages of a file of these rows, compressed where it is named so."""
    scored: ByStyle = {}
    for row in read_rows(path):
        scored.setdefault(row["style"], []).append(_page(row))
    return scored


def packed_rows(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows as compressed JSON Lines; the same rows, the same bytes."""
    return gzip.compress(_json_lines(rows), mtime=0)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON Lines, compressed where it is named so."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in content.decode(errors="surrogatepass").split("\n")[:-1]:
        yield json.loads(line)


def _json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return "".join(lines).encode(errors="surrogatepass")


def _rows(scored: ByStyle) -> Iterator[dict[str, Any]]:
    return (_row(style, page) for style, pages in scored.items() for page in pages)


def _row(style: str, page: ScoredPage) -> dict[str, Any]:
    return {
        "id": page.id,
        "site": page.site,
        "style": style,
        "texts": page.texts,
        "truth": page.truth,
        "sure": page.sure.tolist(),
        "probabilities": np.round(page.probabilities, _DECIMALS).tolist(),
    }


def _page(row: dict[str, Any]) -> ScoredPage:
    probabilities: Sequence[Sequence[float]] = row["probabilities"]
    return ScoredPage(
        id=row["id"],
        site=row["site"],
        texts=tuple(row["texts"]),
        truth=tuple(row["truth"]),
        probabilities=np.array(probabilities, dtype=np.float64).reshape(-1, len(LABELS)),
        sure=np.array(row["sure"], dtype=np.bool_),
    )
