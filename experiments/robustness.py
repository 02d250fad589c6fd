"""The line model on pages of sites it has not seen, as they are and written in other ways.

    python -m locbao.experiments.robustness CORPUS… --material FILE… --config FILE [--predictions FILE]

One leave-one-site-out run scores every page of the corpus as it is, in NFD, with both tone placements, with CRLF line
ends and without its blank lines. The rewritten pages are never learned from. Writes `results/loso.md` and
`results/robustness.md`, and the probabilities of the pages as they are for the bench against peers (peers.py).
"""

import argparse
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from locbao.experiments.record import write_table
from locbao.features.text import OLD_TONE, split_lines
from locbao.train.config import LineConfig, read_config
from locbao.train.corpus import CorpusPage
from locbao.train.crossval import ByStyle, leave_site_out, make_folds
from locbao.train.fit import Workbench
from locbao.train.recipe import Recipe
from locbao.train.run import report, style_scores
from locbao.train.samples import Samples, composed_sample, labelled_sample
from locbao.train.score import Scores
from locbao.train.sources import Sources, read_sources
from locbao.train.tables import figure_table, table

STYLES = ("main", "full", "article")
FIGURES = (
    *("macro_f1", "body_f1", "caption_f1", "sidebar_f1", "body_token_f1"),
    *("captions_as_body", "sidebar_as_body", "calibration_error"),
)


def _nfd(page: CorpusPage) -> CorpusPage:
    return replace(page, lines=tuple(unicodedata.normalize("NFD", line) for line in page.lines))


def _tones(placement: Mapping[str, str]) -> Callable[[CorpusPage], CorpusPage]:
    """Moves the tone marks of open syllables: `hòa` to `hoà`, or back."""
    syllable = re.compile("(?<![qQ])(" + "|".join(placement) + r")(?!\w)")

    def rewrite(page: CorpusPage) -> CorpusPage:
        return replace(page, lines=tuple(syllable.sub(lambda match: placement[match[1]], line) for line in page.lines))

    return rewrite


def _crlf(page: CorpusPage) -> CorpusPage:
    return replace(page, lines=tuple(split_lines("\r\n".join(page.lines))))


def _no_blanks(page: CorpusPage) -> CorpusPage:
    kept = [index for index, label in enumerate(page.labels) if label is not None]
    return replace(
        page,
        lines=tuple(page.lines[index] for index in kept),
        labels=tuple(page.labels[index] for index in kept),
        sure=tuple(page.sure[index] for index in kept),
        kinds=tuple(page.kinds[index] for index in kept),
    )


REWRITINGS: Mapping[str, Callable[[CorpusPage], CorpusPage]] = {
    "NFD": _nfd,
    "old tone placement": _tones(OLD_TONE),
    "new tone placement": _tones({old: new for new, old in OLD_TONE.items()}),
    "CRLF": _crlf,
    "without blank lines": _no_blanks,
}


def run(sources: Sources, config: LineConfig, jobs: int, predictions: Path | None) -> None:
    """The whole run; prints and writes its tables."""
    rewritten = [
        replace(rewrite(page), id=f"{page.id} {name}", style=f"{page.style}, {name}")
        for name, rewrite in REWRITINGS.items()
        for page in sources.corpus
    ]
    pages = [*sources.corpus, *rewritten]
    scored, _ = leave_site_out(
        _bench(sources, rewritten, config), pages, make_folds(sources.corpus, config), jobs, print
    )
    if predictions:
        _write_predictions(predictions, scored)
    scores = style_scores(scored)
    tables = [figure_table({style: scores[style] for style in STYLES}, FIGURES, "style")]
    tables += [f"## {style}\n\n{report(scores[style])}" for style in STYLES]
    write_table("loso", "\n\n".join(tables))
    write_table("robustness", _losses(scores))


def _bench(sources: Sources, rewritten: Sequence[CorpusPage], config: LineConfig) -> Workbench:
    composed = sources.compose(config.composed, config.seed, Recipe(**config.recipe))
    samples = [labelled_sample(page, config.labelled_weight) for page in sources.corpus]
    unseen = (labelled_sample(page, 0.0) for page in rewritten)
    samples += [replace(sample, sure=np.zeros(len(sample.labels), dtype=bool)) for sample in unseen]
    samples += [labelled_sample(page, config.material_weight) for page in sources.pages]
    return Workbench(Samples((*samples, *map(composed_sample, composed))), config)


def _losses(scores: Mapping[str, Scores]) -> str:
    rows = []
    for style in STYLES:
        whole = scores[style]["macro_f1"].value
        rows.append([style, f"{whole:.4f}", ""])
        for name in REWRITINGS:
            found = scores[f"{style}, {name}"]["macro_f1"].value
            rows.append([f"{style}, {name}", f"{found:.4f}", f"{whole - found:+.4f}"])
    return table(["pages", "macro F1", "lost"], rows)


def _write_predictions(path: Path, scored: ByStyle) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for style in STYLES:
            for page in scored[style]:
                row = {"id": page.id, "site": page.site, "style": style, "probabilities": page.probabilities.tolist()}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description="Leave-one-site-out scores, also of pages written in other ways.")
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--material", action="append", type=Path, default=[])
    parser.add_argument("--config", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--predictions", type=Path)
    given = parser.parse_args()
    run(read_sources(given.corpus, given.material), read_config(given.config), given.jobs, given.predictions)


if __name__ == "__main__":
    main()
