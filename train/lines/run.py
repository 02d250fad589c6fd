"""`locbao train lines`: from files to a saved model and printed scores; and the scores of a finished one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from locbao.features.labels import LABELS
from locbao.features.page import Batch, Page
from locbao.predict.cores import cores
from locbao.predict.line_model import Linear
from locbao.predict.model import Model
from locbao.predict.store.folder import check_target, save
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.predict.writing.rows import signature
from locbao.train.card import write_card
from locbao.train.clock import Clock
from locbao.train.composer.recipe import Recipe
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.corpus.sources import Sources, data_files, read_sources
from locbao.train.evaluation.line_scores import OVERALL, ScoredPage, Scores, score
from locbao.train.evaluation.predictions import write_held_out
from locbao.train.evaluation.tables import chapters, label_table, site_table
from locbao.train.lines.config import LineConfig, read_config
from locbao.train.lines.crossval import ByStyle, leave_site_out, make_folds
from locbao.train.lines.fit import Passes, Workbench
from locbao.train.lines.outcome import fold_outcome, line_outcome
from locbao.train.lines.samples import Sample, Samples, composed_sample, labelled_sample
from locbao.train.provenance import provenance, refit
from locbao.train.site_fit import site_facts, site_part, told_corpus
from locbao.train.tracking.run import RunPlan, Tell, Tracker


def train_lines(
    corpora: Sequence[Path],
    output: Path,
    *,
    material: Sequence[Path] = (),
    config: Path | None = None,
    name: str | None = None,
    seed: int | None = None,
    predictions: Path | None = None,
    tracker: Tracker | None = None,
    tell: Tell = print,
) -> str:
    """Trains, scores out of site and saves a line model; returns its digest. Raises LocbaoError.

    The model is on disk before the tracker is told of it: what becomes of the one does not touch the other.
    """
    settings = read_config(config, seed=seed)
    check_target(output.resolve())  # before the work, not after it
    clock, called = Clock(), name or output.resolve().name
    sources, data = read_sources(corpora, material), data_files(corpora, material)
    with (tracker or Tracker()).run(RunPlan("lines", called, settings.as_dict(), data)) as run:
        bench = make_bench(sources, settings)
        tell(f"read and composed {len(bench.samples.items):,} pages, {len(bench.samples.labels):,} lines")
        clock.lap("compose")
        scored, temperature, folds = _out_of_site(bench, sources.corpus, settings, tell)
        if predictions:
            write_held_out(predictions, scored)
        clock.lap("score")
        passes = bench.fit_all()
        clock.lap("fit")
        tell(f"fitted in {clock.laps['fit']:.0f} s; {clock.total:.0f} s in all")
        scores = _told(style_scores(scored), tell)
        again = refit("lines", corpora, material=material, config=config, name=name, seed=seed)
        manifest = _manifest(called, scores) | provenance(settings.as_dict(), data, again)
        parts: dict[str, Any] = {"lines": line_part(passes, settings, temperature)}
        if told := told_corpus(scored, sources.corpus, settings.seed):
            parts["site"] = site_part(told)
            manifest["site"] = site_facts(told, parts["site"])
        digest = save(output, parts, manifest, write_card(manifest, scores))
        tell(f"\nsaved {output} ({digest[:SHORT_DIGEST]})")
        for fold, seconds in folds.items():
            run.fold(fold_outcome(fold, scored, seconds))
        outcome = line_outcome(scored, scores, passes, settings, sources.corpus)
        known = {**outcome.metrics, **clock.metrics(), "temperature": temperature}
        tables = {style or "all pages": label_table(found) for style, found in scores.items()}
        run.finish(replace(outcome, metrics=known, model=output, note=chapters(tables)))
    return digest


def _manifest(name: str, scores: Mapping[str, Scores]) -> dict[str, Any]:
    """What the model is and how it does."""
    found = {style: _figures(own) for style, own in scores.items()}
    return {"name": name, "labels": list(LABELS), "topics": {}, "scores": found}


def _out_of_site(
    bench: Workbench, pages: Sequence[CorpusPage], config: LineConfig, tell: Tell
) -> tuple[ByStyle, float, dict[frozenset[str], float]]:
    """Scored pages, temperature, and seconds by fold; no pages and 1 where no two parts can be held out in turn."""
    folds = make_folds(pages, config) if config.folds else []
    seconds: dict[frozenset[str], float] = {}
    if len(folds) > 1:
        return *leave_site_out(bench, pages, folds, fold_jobs(), tell, seconds), seconds
    why = "pages with an article are of one site or group alone" if config.folds else "folds = 0"
    tell(f"not scored, and its probabilities not calibrated: {why}")
    return {}, 1.0, seconds


def _told(scores: dict[str, Scores], tell: Tell) -> dict[str, Scores]:
    """The scores of each style, which are told as well."""
    for style, found in scores.items():
        tell(f"\n{style or 'all pages'}: each site scored by a model that has not seen it\n\n{report(found)}")
    return scores


def evaluate_lines(corpora: Sequence[Path], model: Model, tell: Tell) -> dict[str, Scores]:
    """Scores a model on labelled pages and prints the tables, one set for each style of pages. Raises CorpusError."""
    pages = read_corpus(corpora)
    scored: ByStyle = {}
    for page in pages:
        probabilities = model.line_model.probabilities(Batch.of([Page.from_lines(page.lines)]))
        scored.setdefault(page.style, []).append(ScoredPage.of(page, probabilities))
    scores = style_scores(scored)
    learned = {data["sha256"] for data in model.manifest.get("data", ())}
    if learned & {file.sha256 for file in data_files(corpora)}:
        tell("This model has learned from these pages: the figures show what it remembers, not what it can do.")
    for style, found in scores.items():
        tell(f"\n{style or 'all pages'}, model {signature(model.name, model.digest)}\n\n{report(found)}")
    return scores


def make_bench(sources: Sources, config: LineConfig, unlearned: Sequence[Sample] = ()) -> Workbench:
    """All training pages as samples with their features: those of the corpus, the `unlearned` ones, then the others."""
    composed = sources.compose(config.composed, config.seed, Recipe(**config.recipe))
    samples = [labelled_sample(page, config.labelled_weight) for page in sources.corpus]
    samples += unlearned
    samples += [labelled_sample(page, config.material_weight) for page in sources.pages]
    return Workbench(Samples((*samples, *map(composed_sample, composed))), config)


def style_scores(scored: ByStyle) -> dict[str, Scores]:
    """Scores of each style of pages."""
    return {style: score(pages) for style, pages in scored.items()}


def report(scores: Scores) -> str:
    """The tables people read: by label with confusion, overall figures, by site."""
    overall = "\n".join(f"{figure.replace('_', ' ')}: {scores[figure]}" for figure in OVERALL)
    return f"{label_table(scores)}\n\n{overall}\n\n{site_table(scores)}"


def line_part(passes: Passes, config: LineConfig, temperature: float) -> dict[str, Any]:
    """The part `lines` of a model folder, as `predict.line_model.LineModel` reads it."""
    return {
        "families": list(config.families),
        "context": config.context,
        "grams": "\n".join(passes.grams),
        "first": _packed(passes.first),
        "second": _packed(passes.second) if passes.second else None,
        "temperature": temperature,
    }


def _packed(linear: Linear) -> dict[str, Any]:
    return {"weights": linear.weights, "intercept": linear.intercept}


def _figures(scores: Scores) -> dict[str, Any]:
    figures = {
        name: round(estimate.value, 4) for name, estimate in scores.figures.items() if estimate.value == estimate.value
    }
    return {"pages": scores.pages, "lines": scores.lines, **figures}


def fold_jobs() -> int:
    """Folds fitted side by side: one a core, but no more than memory for four allows."""
    return min(cores(), 4)
