"""`locbao train lines --base`: from a model and pages of an own site to a model that knows both."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from locbao.features.amounts import counted, duration
from locbao.features.arrays import BoolArray
from locbao.features.labels import LABELS
from locbao.predict.lines.line_model import Linear, LineModel
from locbao.predict.load import model_folder
from locbao.predict.store.folder import Stored, check_target, read, save
from locbao.predict.store.manifest import SHORT_DIGEST, without_front_matter
from locbao.train.corpus.corpus_files import Corpora, CorpusError, corpus_paths, data_files, example_corpus, expanded
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.evaluation.evaluate import scored_by, scored_page
from locbao.train.evaluation.line_scores import LABEL_FIGURES, ByStyle, all_pages, by_style, scores_by_style
from locbao.train.evaluation.tables import chapters, figure_table, report
from locbao.train.lines.adapt import Adapter
from locbao.train.lines.config import LineConfig
from locbao.train.lines.fit import Passes
from locbao.train.lines.outcome import line_outcome
from locbao.train.lines.samples import Samples, capped, labelled_sample
from locbao.train.lines.site_fit import page_name
from locbao.train.tracking.run import DataFile, RunPlan, Tell, Tracker
from locbao.train.training_record import Clock, front_matter, provenance, refit

PENALTIES = (1000.0, 300.0, 100.0)
"""Which of them, is told by pages held out; the second is for a page alone (studies/lines/adapting.py)."""

_FOLDS = 10
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
        shape = LineConfig(families=tuple(old_part["families"]), context=old_part["context"])
        outcome = line_outcome(scored, scores, _passes(part), shape, pages)
        metrics = {**outcome.metrics, **clock.metrics(), "penalty": penalty}
        run.finish(replace(outcome, metrics=metrics, model=output, note=chapters(tables)))
    return digest


class Adaptation:
    """Pages of a site beside the part `lines` of a base; any of them can be learned from, or held out."""

    def __init__(self, part: Mapping[str, Any], pages: Sequence[CorpusPage]) -> None:
        longest = LineConfig().page_lines
        samples = capped([labelled_sample(page, 1.0) for page in pages], longest, longest * len(pages))
        kept = Samples(tuple(labelled_sample(page, 1.0) for page in read_corpus(example_corpus())))
        self.pages, self.samples, self._adapter = pages, Samples(tuple(samples)), Adapter(part, kept)
        self._rows, self._truth = self._adapter.rows(self.samples), np.eye(len(LABELS))[self.samples.labels]

    def fit(self, learned: BoolArray, penalty: float) -> dict[str, Any]:
        """The part after learning from some of the pages, (p,)."""
        lines = learned[self.samples.sample] & self.samples.sure
        return self._adapter.fit(self._rows.of(lines), self._truth[lines], self.samples.weight[lines], penalty)

    def cross_validated(self, tell: Tell) -> tuple[ByStyle, float]:
        """The pages with an article, scored when they were held out with all their cuts, and the best penalty: that of
        the least log loss of a line. Of a page alone nothing is scored, and the penalty is the second one."""
        names = [page_name(page.id, page.style) for page in self.pages]
        order = sorted(set(names))
        if len(order) == 1 or not any(page.has_article for page in self.pages):
            tell("not scored: there is no other page to learn from, or no article")
            return {}, PENALTIES[1]
        fold = np.array([order.index(name) % _FOLDS for name in names])
        best: tuple[float, ByStyle, float] = (np.inf, {}, 0.0)
        began = time.monotonic()
        for number, penalty in enumerate(PENALTIES, start=1):
            models = [LineModel(self.fit(fold != held, penalty)) for held in range(fold.max() + 1)]
            pages = ((page, models[held]) for page, held in zip(self.pages, fold, strict=True) if page.has_article)
            scored = by_style((page.style, scored_page(model, page)) for page, model in pages)
            loss = _log_loss(scored)
            left = duration((time.monotonic() - began) / number * (len(PENALTIES) - number + 1 / len(models)))
            tell(f"scored {number} of {len(PENALTIES)}: penalty {penalty:g}, log loss {loss:.4f}; about {left} left")
            best = min(best, (loss, scored, penalty), key=lambda result: result[0])
        return best[1:]


def _log_loss(scored: ByStyle) -> float:
    pages = all_pages(scored)
    probabilities = np.concatenate([page.probabilities[page.sure] for page in pages])
    truth = np.concatenate([np.array([LABELS.index(label) for label in page.truth])[page.sure] for page in pages])
    return float(-np.log(np.maximum(probabilities[np.arange(len(truth)), truth], 1e-12)).mean())


def _passes(part: Mapping[str, Any]) -> Passes:
    second = Linear(**part["second"]) if part["second"] else None
    grams = tuple(part["grams"].split("\n")) if part["grams"] else ()
    return Passes(grams, Linear(**part["first"]), second)


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
