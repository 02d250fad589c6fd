"""`locbao train lines`: from files to a saved model and printed scores."""

import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from locbao.features.amounts import counted, duration
from locbao.features.labels import LABELS
from locbao.predict.store.folder import check_target, save
from locbao.predict.store.manifest import SHORT_DIGEST
from locbao.train.composer.sources import read_sources
from locbao.train.configuration import read_configuration
from locbao.train.corpus.corpus_files import Corpora, corpus_paths, data_files
from locbao.train.evaluation.line_scores import ByStyle, scores_by_style
from locbao.train.evaluation.predictions import check_held_out, write_held_out
from locbao.train.evaluation.tables import chapters, label_table, report
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import OutOfSite, fold_jobs, leave_site_out, make_folds
from locbao.train.lines.fit import LineTrainer, Passes
from locbao.train.lines.outcome import fold_outcome, line_outcome
from locbao.train.lines.samples import training_samples
from locbao.train.lines.site_fit import fit_weights, site_examples, site_facts, site_part
from locbao.train.tracking.tracked_run import RunPlan, Tell, Tracker
from locbao.train.training_record import Clock, provenance, refit, write_card

QUICK = Path(__file__).parents[1] / "data" / "quick.toml"
"""A configuration for a first look: a model that is worse than it could be, in a fraction of the time."""

_FIT_PER_FEATURES = 13  # how much longer a fit takes than computing the features of the same lines


def train_lines(  # noqa: PLR0913 (the options of the command)
    corpus: Corpora,
    output: str | Path,
    *,
    material: Corpora = (),
    config: str | Path | None = None,
    name: str | None = None,
    seed: int | None = None,
    predictions: str | Path | None = None,
    force: bool = False,
    tracker: Tracker | None = None,
    tell: Tell = print,
) -> str:
    """What `locbao train lines` does: trains, scores out of site and saves a line model; returns its digest.

    `corpus`: files or folders of labelled pages; `()` for the example corpus. `output`: the model's folder. `material`,
    `config` (a TOML file, or "quick" for a first look), `name`, `seed`, `predictions` (a file to write), `force`: as
    the options of the command. `tell` gets each message. Nothing is tracked without a `tracker`. Raises LocbaoError.

    The model is on disk before the tracker is told of it: what becomes of the one does not touch the other.

    >>> import locbao
    >>> digest = locbao.train_lines("pages.jsonl", "my-model", config="small.toml", tell=lambda message: None)
    >>> locbao.load("my-model").digest == digest
    True
    """
    corpora, output, material = corpus_paths(corpus), Path(output), corpus_paths(material)
    config, predictions = (None if path is None else Path(path) for path in (config, predictions))
    settings = read_configuration(LineConfig, QUICK if config == Path("quick") else config, seed=seed)
    name_of_model = name or output.resolve().name
    check_target(output.resolve(), name_of_model, force=force)  # before the work, not after it
    if predictions:
        check_held_out(predictions, [*corpora, *material], output, force=force)
    clock, sources, data = Clock(), read_sources(corpora, material), data_files(corpora, material)
    with (tracker or Tracker()).run(RunPlan("lines", name_of_model, settings.as_dict(), data)) as run:
        samples = training_samples(sources, settings)
        clock.lap("compose")
        trainer = LineTrainer(samples, settings)
        clock.lap("features")
        folds = make_folds(sources.corpus, settings) if settings.folds else []
        fits = 1 + math.ceil(len(folds) / fold_jobs()) if len(folds) > 1 else 1
        left = fits * clock.laps["features"] * _FIT_PER_FEATURES * min(settings.iterations / 40, 1)
        read = f"{counted(len(samples.items), 'page')}, {counted(len(samples.labels), 'line')}"
        tell(f"read and composed {read}; about {duration(left)} left")
        scored: ByStyle = {}
        learned: OutOfSite | None = None
        seconds: dict[frozenset[str], float] = {}
        if len(folds) > 1:
            learned = leave_site_out(trainer, sources.corpus, folds, fold_jobs(), tell, seconds)
            scored = learned.scored
        else:
            why = "pages with an article are of one site or group alone" if settings.folds else "folds = 0"
            tell(f"not scored, and its probabilities not calibrated: {why}")
        if predictions:
            write_held_out(predictions, scored)
        clock.lap("score")
        passes = trainer.fit_all()
        clock.lap("fit")
        tell(f"fitted in {clock.laps['fit']:.0f} s; {clock.total:.0f} s in all")
        scores = scores_by_style(scored)
        for style in sorted(scored.keys() - scores.keys()):
            tell(f"{style or 'all pages'}: not scored: nobody is sure of any line")
        for style, of_style in scores.items():
            tell(f"\n{style or 'all pages'}: each site scored by a model that has not seen it\n\n{report(of_style)}")
        again = refit("lines", corpora, material=material, config=config, name=name, seed=seed)
        manifest = {
            "name": name_of_model,
            "labels": list(LABELS),
            "topics": {},
            "scores": {style: of_style.plain_figures() for style, of_style in scores.items()},
            **provenance(settings.as_dict(), data, again),
        }
        parts: dict[str, Any] = {"lines": line_part(passes, settings, learned)}
        if examples := site_examples(scored, sources.corpus, settings.seed):
            parts["site"] = site_part(fit_weights(examples))
            manifest["site"] = site_facts(examples, parts["site"])
        digest = save(output, parts, manifest, write_card(manifest, scores))
        tell(f"\nsaved {output} ({digest[:SHORT_DIGEST]})")
        for fold, of_fold in seconds.items():
            run.fold(fold_outcome(fold, scored, of_fold))
        outcome = line_outcome(scored, scores, parts["lines"], sources.corpus)
        metrics = {**outcome.metrics, **clock.metrics(), "temperature": learned.temperature if learned else 1.0}
        tables = {style or "all pages": label_table(of_style) for style, of_style in scores.items()}
        run.finish(replace(outcome, metrics=metrics, model=output, note=chapters(tables)))
    return digest


def line_part(passes: Passes, config: LineConfig, learned: OutOfSite | None) -> dict[str, Any]:
    """The part `lines` of a model folder, as `predict.lines.line_model.LineModel` reads it.

    `learned`: what out-of-site scores have told; without them probabilities are not calibrated, headlines not chosen.
    """
    return {
        "families": list(config.families),
        "context": config.context,
        "grams": "\n".join(passes.grams),
        "first": asdict(passes.first),
        "second": asdict(passes.second) if passes.second else None,
        "temperature": learned.temperature if learned else 1.0,
        "headline": learned.headline if learned else None,
        "links": learned.links if learned else None,
    }
