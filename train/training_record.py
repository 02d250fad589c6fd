"""What a training leaves beside the model: its manifest entries, its model card, and how long its steps took."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from locbao.predict.store.manifest import without_front_matter
from locbao.train.evaluation.line_scores import MAIN_FIGURES, LineScores
from locbao.train.evaluation.tables import figure_table, label_table, site_table
from locbao.train.tracking.tracked_run import DataFile

_TOPICS = "## Topics"

_ABOUT = """\
language: vi
library_name: locbao
pipeline_tag: text-classification
tags: [news, boilerplate-removal, text-extraction]"""

_WEAKNESSES = """\
## Known weaknesses

- Captions without credit that are whole sentences between paragraphs can be read as body, most of all in photo stories;
  the other way round, short sub-headings and list items can be taken for captions or furniture.
- On a long page an article of a few short lines can be lost among the furniture, and so can the headline and the author
  above the lead.
- Headlines of related articles that stand alone between paragraphs, without a sign such as "Xem thêm", can be read as
  sub-headings or captions.
- A headline that the template repeats before the article (sticky bar, most-read list) can be taken for the article's
  own.
- Whole pages labelled by hand are few for each site: the intervals tell how pages differ, sites differ more.
- Pages of a few lines alone give it little to go by, and it is surer of them than it should be.
- Pages in other languages, forums, shops and search results are not what it was made for: it labels them all the same.
"""


class Clock:
    """Runs from its making; `laps` holds the seconds of each step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, step: str) -> None:
        """Ends a step."""
        now = time.monotonic()
        self.laps[step], self._last = now - self._last, now

    @property
    def total(self) -> float:
        """Seconds of all steps that have ended."""
        return sum(self.laps.values())

    def metrics(self) -> dict[str, float]:
        """The laps as figures of a run."""
        return {f"seconds/{step}": seconds for step, seconds in self.laps.items()}


def provenance(configuration: Mapping[str, Any], data: Sequence[DataFile], refit: Sequence[str]) -> dict[str, Any]:
    """The entries `configuration`, `data`, by whose digests a reader knows the files again, and `refit`."""
    files = [{"file": file.name, "sha256": file.sha256} for file in data]
    return {"configuration": dict(configuration), "data": files, "refit": list(refit)}


def refit(kind: str, corpora: Sequence[Path], **options: Any) -> list[str]:
    """The arguments after `locbao train` that make a model again, but for `-o`.

    `options`: by name; None or empty where not given, several values where given more than once.
    """
    arguments = [kind, *map(str, corpora)]
    for name, option in options.items():
        values = option if isinstance(option, list | tuple) else [option]
        arguments += [part for value in values if value not in (None, "") for part in (f"--{name}", str(value))]
    return arguments


def write_card(manifest: Mapping[str, Any], scores: Mapping[str, LineScores]) -> str:
    """The card as Markdown. It holds no date, so that the same training gives the same card."""
    configuration = []
    for key, value in manifest["configuration"].items():
        values = value if isinstance(value, list | tuple) else [value]
        words = ("+".join(item) if isinstance(item, list | tuple) else str(item) for item in values)
        configuration.append(f"{key} = {' '.join(words) or 'none'}")
    parts = [
        f"{front_matter(manifest)}\n\n# {manifest['name']}: a locbao line model",
        "Labels every line of a Vietnamese news page `body`, `caption` or `sidebar`: two passes of logistic regression "
        "on the line's shape, words, repeats, place and neighbours.",
        "## Data\n\n" + "\n".join(f"- `{data['file']}` (sha256 {data['sha256'][:12]}…)" for data in manifest["data"]),
        "Beside the labelled pages, training pages are composed: article parts set into layouts written for locbao. "
        f"Configuration: {', '.join(configuration)}.",
        "## Scores",
    ]
    if scores:
        named = {style or "all pages": of_style for style, of_style in scores.items()}
        parts += [
            "Leave-one-site-out: each site's pages are scored by a model that has seen neither its pages nor layouts "
            "written after it; sites of a group are left out together. Intervals: 95 %, bootstrap over pages.",
            figure_table(named, MAIN_FIGURES, "style"),
        ]
        for style, of_style in named.items():
            parts += [f"### {style}", label_table(of_style), site_table(of_style)]
    else:
        parts.append("Not scored: the corpus has fewer than two sites, or `folds = 0`.")
    if site := manifest.get("site"):
        gains = zip(site["steps"], site["weights"], strict=True)
        parts.append(
            f"## Site memory\n\nLearned from {site['pages']} pages of {site['sites']} sites. With `--site-memory`, the "
            "odds of `sidebar` are multiplied for a line that stands on other pages of its site: "
            + "; ".join(f"by {np.exp(weight):.1f} from {share:.0%} of them on" for share, weight in gains)
            + ", one after the other. The scores above are without."
        )
    return "\n\n".join([*parts, _WEAKNESSES])


def with_topics(card: str, manifest: Mapping[str, Any], tables: Mapping[str, str]) -> str:
    """The card with a chapter on topics at its end, in place of an older one; `tables`: scores of the trained ones."""
    topics = manifest["topics"]
    named = [
        f"- `{name}`: carried from a probability of {topic['threshold']:.2f} on"
        + (f"; close to {', '.join(topic['iptc'])}" if topic["iptc"] else "")
        for name, topic in topics.items()
    ]
    chapter = [
        _TOPICS,
        "An article carries a topic when at least one sentence reports on it: a linear model a topic scores every body "
        "sentence, and the three strongest decide.",
        "\n".join(named),
        *(f"### Held-out articles: {kind}\n\n{text}" for kind, text in tables.items()),
    ]
    about_lines = without_front_matter(card).split(_TOPICS, 1)[0].rstrip()
    return "\n\n".join([front_matter(manifest), about_lines, *chapter]) + "\n"


def front_matter(manifest: Mapping[str, Any]) -> str:
    """What the Hugging Face hub reads of a card: YAML, whose values are written as JSON, which is YAML too."""
    figures = [
        ("lines", f"{style or 'all'} pages", "Macro F1", of_style["macro_f1"])
        for style, of_style in manifest.get("scores", {}).items()
        if "macro_f1" in of_style
    ]
    figures += [
        (topic, kind, "F1", of_kind["f1"])
        for topic, entry in (manifest.get("topics") or {}).items()
        for kind, of_kind in entry["scores"].items()
    ]
    results = [
        {
            "task": {"type": "text-classification", "name": task},
            "dataset": {"type": "held-out", "name": f"{data}, held out"},
            "metrics": [{"type": "f1", "name": name, "value": value}],
        }
        for task, data, name, value in figures
    ]
    index = ["model-index:", f"- name: {json.dumps(manifest['name'], ensure_ascii=False)}", "  results:"]
    rows = [f"  - {json.dumps(result, ensure_ascii=False)}" for result in results]
    return "\n".join(["---", _ABOUT, *([*index, *rows] if rows else []), "---"])
