"""`locbao train lines --base`: from a model and pages of an own site to a model that knows both."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from locbao.features.amounts import counted
from locbao.predict.lines.line_model import LineModel
from locbao.predict.load import model_folder
from locbao.predict.store.folder import Stored, check_target, read, save
from locbao.predict.store.manifest import SHORT_DIGEST, without_front_matter
from locbao.train.corpus.corpus_files import Corpora, CorpusError, corpus_paths, data_files, expanded
from locbao.train.corpus.labelled_pages import read_corpus
from locbao.train.evaluation.evaluate import scored_by
from locbao.train.evaluation.line_scores import LABEL_FIGURES, scores_by_style
from locbao.train.evaluation.tables import chapters, figure_table, report
from locbao.train.lines.adapt import Adaptation
from locbao.train.lines.outcome import line_outcome
from locbao.train.tracking.tracked_run import DataFile, RunPlan, Tell, Tracker
from locbao.train.training_record import Clock, front_matter, provenance, refit

_HELD_OUT = "each page scored by a model that has learned from the others"
_BELOW = "\n\n---\n\nThe card of the base:\n\n"


def adapt_lines(
    corpus: Corpora,
    output: str | Path,
    base: str | Path,
    *,
    name: str | None = None,
    force: bool = False,
    tracker: Tracker | None = None,
    tell: Tell = print,
) -> str:
    """What `locbao train lines --base` does: lets a model learn from pages of a site; returns the new model's digest.

    `corpus`: files or folders of labelled pages. `base`: a model's folder or address, "shipped" for the one that comes
    with locbao; its topics and site memory are kept. Each page is scored by a model that has learned from the others,
    and how far the base may move is what scores best there. `force`: replace a model in `output`. Raises LocbaoError.
    """
    corpora, output = corpus_paths(corpus), Path(output)
    if not corpora:
        raise CorpusError("--base", "there are no pages to learn from", "Give a corpus of your own site.")
    name_of_model = name or output.resolve().name
    check_target(output.resolve(), name_of_model, force=force)
    with model_folder(base) as folder:
        before = read(folder)
    clock, old_name = Clock(), str(before.manifest["name"])
    pages, data, old_part = read_corpus(expanded(corpora)), data_files(corpora), before.parts["lines"]
    with (tracker or Tracker()).run(RunPlan("lines", name_of_model, {"base": before.digest}, data)) as run:
        adaptation = Adaptation(old_part, pages)
        lines = counted(len(adaptation.samples.labels), "line")
        tell(f"read {counted(len(pages), 'page')}, {lines}; base: {old_name}")
        learned = {file["sha256"] for file in before.manifest.get("data", ())}
        if remembered := [file.name for file in data if file.sha256 in learned]:
            tell(
                f"{old_name} has learned from {', '.join(remembered)} already: figures of these pages show what it "
                "remembers, and there is nothing new in them to learn"
            )
        scored, penalty = adaptation.cross_validated(tell)
        clock.lap("score")
        part = adaptation.fit(np.ones(len(pages), dtype=bool), penalty)
        clock.lap("fit")
        tell(f"fitted with penalty {penalty:g}; {clock.total:.0f} s in all")
        scores = scores_by_style(scored)
        of_base = scored_by(LineModel(old_part), (page for page in pages if page.has_article)) if scored else {}
        base_scores = scores_by_style(of_base)
        tables = {
            style or "all pages": figure_table(
                {old_name: base_scores[style], name_of_model: of_style}, LABEL_FIGURES, "model"
            )
            for style, of_style in scores.items()
        }
        for (style, text), of_style in zip(tables.items(), scores.values(), strict=True):
            tell(f"\n{style}: {_HELD_OUT}\n\n{text}\n\n{report(of_style)}")
        configuration = {"base": before.digest, "penalty": penalty}
        made = provenance(configuration, data, refit("lines", corpora, base=base, name=name))
        manifest = {
            **before.manifest,
            **made,
            "name": name_of_model,
            "data": [*made["data"], *before.manifest.get("data", ())],
            "scores": {style: of_style.plain_figures() for style, of_style in scores.items()},
        }
        card = _card(manifest, before, data, tables)
        digest = save(output, {**before.parts, "lines": part}, manifest, card)
        tell(f"\nsaved {output} ({digest[:SHORT_DIGEST]})")
        outcome = line_outcome(scored, scores, part, pages)
        metrics = {**outcome.metrics, **clock.metrics(), "penalty": penalty}
        run.finish(replace(outcome, metrics=metrics, model=output, note=chapters(tables)))
    return digest


def _card(manifest: Mapping[str, Any], base: Stored, data: Sequence[DataFile], tables: Mapping[str, str]) -> str:
    """The card of the base, below a chapter on what was learned beside."""
    card = without_front_matter(base.card).split(_BELOW)[-1]
    learned = "\n".join(f"- `{file.name}` (sha256 {file.sha256[:12]}…)" for file in data)
    intro = (
        f"Made from {base.manifest['name']} ({base.digest[:SHORT_DIGEST]}) by learning on from labelled pages:\n\n"
        f"{learned}\n\nTopics, site memory, headlines and calibration are those of the base."
    )
    scores = [f"## {style}: {_HELD_OUT}\n\n{text}" for style, text in tables.items()]
    title = f"# {manifest['name']}: a locbao line model"
    return "\n\n".join([front_matter(manifest), title, intro, *scores]) + _BELOW + card
