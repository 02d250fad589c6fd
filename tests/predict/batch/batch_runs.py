"""Small batches for the tests of the engine: inputs, and a run over them with the stand-in model."""

import json
from collections.abc import Iterable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from locbao.predict.batch.job import Load, Work
from locbao.predict.batch.run import Run, Summary, Watch
from locbao.predict.reading.batches import PAGES_AT_ONCE
from locbao.predict.reading.items import ReadOptions, Rejected
from locbao.predict.writing.outputs import Format, Output
from tests.predict.batch.troubled_model import loader

QUICK = get_context("forkserver")
"""Starts processes in a tenth of the time: they are forked from one that has imported what they need."""

QUICK.set_forkserver_preload(["pytest", "tests.predict.batch.batch_runs", "locbao.predict.batch.workers"])

LINE = "Quế giống ở vườn ươm của đồn biên phòng xã đã lên xanh"


def rows(path: Path, texts: Iterable[str]) -> Path:
    """A file of pages with the ids 0, 1, …"""
    lines = (json.dumps({"id": number, "text": text}, ensure_ascii=False) for number, text in enumerate(texts))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def pages(count: int) -> list[str]:
    return [f"Trang {number}\n{LINE} {number}\nẢnh: Lò Thị Mây" for number in range(count)]


def eight_batches(path: Path) -> Path:
    """Some pages in three of them cannot be used."""
    texts = pages(8 * PAGES_AT_ONCE)
    texts[10] = texts[2 * PAGES_AT_ONCE + 6] = texts[-6] = " "
    return rows(path, texts)


def run_for(
    inputs: Path, out: Path | str | None, load: Load | None = None, format: Format | None = None, **settings: Any
) -> Run:
    """A run of the stand-in model; `settings` are those of Run and of Work."""
    of_work = {name: settings.pop(name) for name in ("caption_odds", "thresholds") if name in settings}
    work = Work(Output.of(out, format), settings.pop("options", ReadOptions()), **of_work)
    return Run([str(inputs)], work, load or loader(inputs.parent), **settings)


def do(run: Run, watch: Watch | None = None) -> tuple[Summary, list[Rejected]]:
    """Runs; the counts, and the rejected pages that were told rather than written."""
    told: list[Rejected] = []
    return run(watch or (lambda state, share: None), told.append), told


def ids(path: Path) -> list[Any]:
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


def errors(out: Path) -> list[tuple[int | None, str]]:
    """(row, reason) of the quarantine."""
    lines = out.with_name(f"{out.name}.errors.jsonl").read_text(encoding="utf-8").splitlines()
    return [(row["row"], row["reason"]) for row in map(json.loads, lines)]
