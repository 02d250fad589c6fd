"""What site memory costs: pages a second of the first pass, and of labelling without it and with it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np

from locbao.predict.batch.site_counts import learn
from locbao.predict.load import load
from locbao.predict.reading.inputs import Reader, ReadOptions
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.tables import table

TURNS = 20  # of the same pages, with a number at the end of every long line, so that articles differ and menus do not
REPEATS = 3
LONG = 60  # characters


def cost_table(pages: Sequence[CorpusPage]) -> str:
    """Pages a second of processor time in one process, medians of REPEATS turns."""
    texts = [_numbered(page, turn) for turn in range(TURNS) for page in pages]
    sites = [page.site for _ in range(TURNS) for page in pages]
    model = load()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pages.jsonl"
        rows = [{"id": n, "site": site, "text": text} for n, (site, text) in enumerate(zip(sites, texts, strict=True))]
        path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
        reader = Reader([str(path)], ReadOptions(site_field="site"))
        memory = learn(reader, lambda state, share: None)
        seconds = {
            "first pass: read and count": _median(lambda: learn(reader, lambda state, share: None)),
            "label": _median(lambda: list(model.label_many(texts))),
            "label with site memory": _median(lambda: list(model.label_many(texts, sites=sites, memory=memory))),
        }
    found = [[name, f"{len(texts) / taken:,.0f}", f"{taken / seconds['label']:.2f}"] for name, taken in seconds.items()]
    return table(["", "pages/s", "time over labelling"], found)


def _numbered(page: CorpusPage, turn: int) -> str:
    return "\n".join(f"{line} {turn}" if len(line) > LONG else line for line in page.lines)


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        began = process_time()
        work()
        taken.append(process_time() - began)
    return float(np.median(taken))
