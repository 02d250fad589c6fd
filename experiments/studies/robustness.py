"""The line model on pages of sites it has not seen, as they are and written in other ways.

    python -m locbao.experiments.studies.robustness CORPUS… --material FILE… --config FILE

One leave-sites-out run scores every page of the corpus as it is, in NFD, with both tone placements, with CRLF line ends
and without its blank lines. The rewritten pages are never learned from. Writes `results/robustness.md`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

from locbao.experiments.studies.command import foreseen
from locbao.experiments.studies.unseen import given_sources, score_unseen
from locbao.experiments.trials.trial_results import write_table
from locbao.features.text import OLD_TONE, split_lines
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.corpus.sources import Sources
from locbao.train.evaluation.line_scores import Scores, scores_by_style
from locbao.train.evaluation.tables import table
from locbao.train.lines.config import LineConfig

STYLES = ("main", "full", "article")


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


def run(sources: Sources, config: LineConfig, jobs: int) -> None:
    """The whole run; prints and writes its tables."""
    rewritten = [
        replace(rewrite(page), id=f"{page.id} {name}", style=f"{page.style}, {name}")
        for name, rewrite in REWRITINGS.items()
        for page in sources.corpus
    ]
    write_table("robustness", _losses(scores_by_style(score_unseen(sources, rewritten, config, jobs))))


def _losses(scores: Mapping[str, Scores]) -> str:
    rows = []
    for style in STYLES:
        whole = scores[style]["macro_f1"].value
        rows.append([style, f"{whole:.4f}", ""])
        for name in REWRITINGS:
            found = scores[f"{style}, {name}"]["macro_f1"].value
            rows.append([f"{style}, {name}", f"{found:.4f}", f"{whole - found:+.4f}"])
    return table(["pages", "macro F1", "lost"], rows)


def main() -> None:
    """The command line of this module."""
    run(*given_sources("Leave-one-site-out scores, also of pages written in other ways."))


if __name__ == "__main__":
    with foreseen():
        main()
