"""Pages with their out-of-site probabilities as a file, so that models can be compared on what neither has learned."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from locbao.features.labels import LABELS
from locbao.train.evaluation.line_scores import ScoredPage
from locbao.train.lines.crossval import ByStyle

HELD_OUT = "held_out.jsonl.gz"
"""Where a run keeps them."""

_DECIMALS = 6


def packed(scored: ByStyle) -> bytes:
    """The pages as compressed JSON Lines, complete with their lines and true labels; the same pages, the same bytes."""
    return gzip.compress(_lines(scored), mtime=0)


def write_held_out(path: Path, scored: ByStyle) -> None:
    """The pages as JSON Lines, compressed where the file is named so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed(scored) if path.suffix == ".gz" else _lines(scored))


def read_held_out(path: Path) -> ByStyle:
    """The pages of a file of these rows, compressed where it is named so."""
    scored: ByStyle = {}
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for text in content.decode(errors="surrogatepass").split("\n")[:-1]:
        row = json.loads(text)
        scored.setdefault(row["style"], []).append(_page(row))
    return scored


def _lines(scored: ByStyle) -> bytes:
    rows = [json.dumps(_row(style, page), ensure_ascii=False) for style, pages in scored.items() for page in pages]
    return "".join(row + "\n" for row in rows).encode(errors="surrogatepass")


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
