"""The gate: no figure of the shipped model below its floor, and no floor lowered without a reason beside it.

    python -m locbao.experiments.gate        or: make gate

The floors stand in `floors.toml`, each group with the digest of the data that it was measured on. `lines` and `topics`
are what the manifest says of sites and articles left out; `articles`, of the same sites, come from the predictions that
`make model` leaves; the others from labelling now. What is not there is skipped, and the table says so. More is better,
of every figure.
"""

import hashlib
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer
from pydantic import RootModel

from locbao.experiments.measurement import start
from locbao.features.amounts import counted
from locbao.features.errors import LocbaoError
from locbao.features.labels import BODY, LABELS
from locbao.predict.load import load
from locbao.predict.model import Model
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.train.configuration import Configuration, checked, read_toml
from locbao.train.corpus.corpus_files import example_corpus
from locbao.train.corpus.labelled_pages import read_corpus
from locbao.train.evaluation.evaluate import scored_by
from locbao.train.evaluation.line_scores import LOST, ScoredPage, all_pages, body_token_f1, score
from locbao.train.evaluation.predictions import read_held_out
from locbao.train.evaluation.tables import table

FLOORS = Path(__file__).parent / "floors.toml"
CHECKOUT = Path(__file__).parents[1]
DEMO = {"bien-phong": "border_security", "doi-song": None, "hoi-nghi-asean": "asean", "xet-xu-ma-tuy": "drug_crime"}
_LINE_FIGURES = ("macro_f1", "body_f1", "caption_f1", "body_token_f1")
_TOPIC_FIGURES = {"macro F1": "f1", "average precision": "average_precision"}


class Floor(Configuration):
    """The least that a figure may be; `reason`: why that is less than it was, or why there is no floor now."""

    floor: float | None = None
    reason: str = ""


class FloorGroup(Configuration):
    """Floors by figure, and the digest of the data that they hold for."""

    data: str
    floors: dict[str, Floor]


Floors = Mapping[str, FloorGroup]


class FigureGroup(NamedTuple):
    """The digest of the data, and what was measured on it."""

    data: str
    figures: dict[str, float]


class GateError(LocbaoError):
    """Figures that fell, or floors that were lowered without a word."""


def run(
    floors: Annotated[Path, typer.Option(help="File of floors.")] = FLOORS,
    cases: Annotated[Path, typer.Option(help="Labelled pages of kinds that went wrong once.")] = CHECKOUT
    / "../shared/cases/lines.jsonl",
    predictions: Annotated[Path, typer.Option(help="What `make model` leaves.")] = CHECKOUT / "out/predictions.jsonl",
) -> None:
    """Prints every figure beside its floor. Raises GateError that names each fault, and ConfigError."""
    model = load()
    groups: dict[str, Callable[[], FigureGroup | str]] = {
        "lines": partial(stated_of_lines, model.manifest),
        "topics": partial(stated_of_topics, model.manifest),
        "articles": partial(articles_out_of_site, predictions, model.manifest),
        "cases": partial(on_pages, model, [cases]),
        "examples": partial(on_pages, model, example_corpus()),
        "demo": partial(on_demo, model),
    }
    pinned = as_floors(read_toml(floors, "Write floors as docs/experiments.md says."), str(floors))
    versions = earlier(floors)
    rows, faults = compared(pinned, {name: measure() for name, measure in groups.items()})
    print(table(["figure", "floor", "now", ""], rows))
    print(f"\nCompared with {counted(len(versions), 'earlier version')} of {floors.name}.")
    faults += [fault for version in versions for fault in lowered(pinned, version)]
    if faults:
        raise GateError("\n".join(["the gate does not hold.", *dict.fromkeys(faults)]))


def as_floors(values: Mapping[str, Any], source: str) -> Floors:
    """What a file of floors says. Raises ConfigError."""
    return checked(RootModel[dict[str, FloorGroup]], values, source).root


def earlier(path: Path) -> list[Floors]:
    """What the file said in every commit that git knows, the latest first; nothing outside a repository."""

    def git(*arguments: str) -> str:
        command = ["git", *arguments]
        return subprocess.run(command, cwd=path.parent, capture_output=True, encoding="utf-8", check=True).stdout

    try:
        commits = git("log", "--diff-filter=AM", "--format=%H", "--", path.name).split()
        return [as_floors(tomllib.loads(git("show", f"{commit}:./{path.name}")), commit) for commit in commits]
    except (OSError, subprocess.CalledProcessError):
        return []


def lowered(now: Floors, before: Floors) -> list[str]:
    """Floors that are lower than they were, or gone, beside the reason that already stood there, or none."""
    faults = []
    for group, name, old in ((group, name, old) for group, one in before.items() for name, old in one.floors.items()):
        new = now[group].floors.get(name, Floor()) if group in now else Floor()
        if old.floor is not None and (new.floor is None or new.floor < old.floor) and new.reason == old.reason:
            change = "taken out" if new.floor is None else f"lowered to {new.floor:g}"
            faults.append(f"{group}, {name}: the floor {old.floor:g} was {change}: write the reason beside it.")
    return faults


def compared(floors: Floors, measured: Mapping[str, FigureGroup | str]) -> tuple[list[list[str]], list[str]]:
    """The rows of the table, and a sentence for each figure that fell, is of other data, or has no floor."""
    rows, faults = [], [f"{group}: has floors, but is not measured." for group in floors if group not in measured]
    for group, now in measured.items():
        pinned = floors.get(group) or FloorGroup(data="none", floors={})
        least = {name: one.floor for name, one in pinned.floors.items() if one.floor is not None}
        if isinstance(now, str):
            rows += [[f"{group}, {name}", f"{floor:g}", "–", now] for name, floor in least.items()]
            continue
        if now.data != pinned.data:
            faults.append(f"{group}: measured on data {now.data}, but the floors are of data {pinned.data}.")
        for name, value in now.figures.items():
            floor = least.pop(name, None)
            word = "no floor" if floor is None else "FELL" if value < floor else ""
            rows.append([f"{group}, {name}", "–" if floor is None else f"{floor:g}", f"{value:g}", word])
            if word:
                faults.append(f"{group}, {name}: {value:g}, " + ("no floor." if floor is None else f"floor {floor:g}."))
        faults += [f"{group}, {name}: has a floor, but is not measured." for name in least]
    return rows, faults


def stated_of_lines(manifest: Mapping[str, Any]) -> FigureGroup:
    """What the manifest says of lines of sites left out."""
    figures: dict[str, float] = {}
    for style in ("full", "main"):
        scores = manifest["scores"][style]
        figures |= {f"{style}, {figure.replace('_', ' ')}": scores[figure] for figure in _LINE_FIGURES}
        figures[f"{style}, captions not let through"] = round(1 - scores["captions_as_body"], 4)
    return FigureGroup(_digest(file["sha256"] for file in manifest["data"]), figures)


def stated_of_topics(manifest: Mapping[str, Any]) -> FigureGroup:
    """What the manifest says of articles left out, the mean over topics."""
    topics = manifest["topics"].values()
    figures = {
        f"{articles}, {name}": round(mean(topic["scores"][f"{articles} articles"][key] for topic in topics), 4)
        for articles in ("sure", "all")
        for name, key in _TOPIC_FIGURES.items()
    }
    return FigureGroup(_digest(file["sha256"] for topic in topics for file in topic["data"]), figures)


def articles_out_of_site(path: Path, manifest: Mapping[str, Any]) -> FigureGroup | str:
    """Articles and headlines of sites left out; why not, where the predictions are missing or another model's."""
    if not path.exists():
        return "skipped: no predictions of `make model`"
    scored, stated = read_held_out(path), manifest["scores"]
    styles = {style: scored.get(style, []) for style in ("full", "main")}
    if any(not pages or score(pages, draws=1).plain_figures() != stated[style] for style, pages in styles.items()):
        return "skipped: predictions of another model"
    figures = {f"{style}, {name}": n for style, pages in styles.items() for name, n in article_counts(pages).items()}
    return FigureGroup(_digest(str((page.id, page.lines)) for pages in styles.values() for page in pages), figures)


def on_pages(model: Model, paths: Sequence[Path]) -> FigureGroup | str:
    """Labelled pages as the model labels them now."""
    if not all(path.exists() for path in paths):
        return "skipped: ../shared is not there"
    scored = all_pages(scored_by(model.line_model, read_corpus(paths)))
    right = int(np.trace(score(scored, draws=1).confusion))
    figures = {"lines right": right, **article_counts(scored)}
    return FigureGroup(_digest(path.read_text(encoding="utf-8") for path in paths), figures)


def on_demo(model: Model) -> FigureGroup:
    """How many of the demo's pages carry the topic that they are about, and no other."""
    texts = {name: (CHECKOUT / f"app/demo/{name}.txt").read_text(encoding="utf-8") for name in DEMO}
    right = [[*model.label(texts[name]).topics] == [topic] * bool(topic) for name, topic in DEMO.items()]
    return FigureGroup(_digest(texts.values()), {"pages with the right topics": sum(right)})


def article_counts(pages: Sequence[ScoredPage]) -> dict[str, float]:
    """Articles of which the body is not lost; headlines, the first lines of articles, that are body."""
    articles = [page for page in pages if LABELS[BODY] in page.truth]
    kept = [body_token_f1(page) >= LOST for page in articles]
    headlines = [page.probabilities[page.truth.index(LABELS[BODY])].argmax() == BODY for page in articles]
    return {"articles not lost": sum(kept), "headlines found": int(sum(headlines))}


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:SHORT_DIGEST]


if __name__ == "__main__":
    start(run, __doc__)
