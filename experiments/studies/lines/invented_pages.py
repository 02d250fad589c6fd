"""Briefs, poems, lists, video headlines and articles with comments, on layouts that no model has learned from.

    python -m locbao.experiments.studies.lines.invented_pages

Articles and layouts are invented: `experiments/invented/pages.toml`, which is for measuring alone, so nothing was
fitted to it or chosen by it. Each article stands on three layouts drawn for it. Writes `invented_pages.md`.

An article is its lines, the headline first; one that begins with "= " is a caption, with "+ " furniture between the
paragraphs, and below "@comments" each is a reader's comment: name | time | text | likes. A layout is blocks of lines
with blank lines between them. The article goes to "@title" and "@rest", its comments to "@comments", below "@each" as
often as there are any, the block "@between" somewhere in it on every other page. "?" opens a block that half of the
pages have, "*3-5" one that is repeated. "~ " is the author's name alone, which is body. In layouts {h} is the headline
of another article, {again} the same once more, {t} its teaser.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import locbao
from locbao.experiments.measurement import document, records, start
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.features.labels import LABELS, Label
from locbao.predict.labelled import LabelledPage
from locbao.predict.model import Model
from locbao.train.evaluation.line_scores import LOST, ScoredPage, body_token_f1

INVENTED = Path(__file__).parents[2] / "invented" / "pages.toml"
LAYOUTS_PER_ARTICLE = 3
SEED = 41

_COMMON = 25
_NAMES = ("Mạc Thu Uyên", "Lã Bình", "Hoàng Đăng Khoa", "Tô Ngọc Diệp", "Sầm Văn Lợi", "K.Ngân")
_HEAD = re.compile(r"(\?)? ?(?:\*(\d)(?:-(\d))?)?$")


class Line(NamedTuple):
    """A text, its label, and which part of the page it is: "verse or item" is a body line that no sentence ends."""

    text: str
    label: Label
    part: str


class InventedPage(NamedTuple):
    """A page as text, and its lines by line number."""

    kind: str
    layout: str
    text: str
    lines: dict[int, Line]


def invented_pages(seed: int = SEED) -> Iterator[InventedPage]:
    """All articles of each kind, on three layouts each, with furniture drawn anew."""
    data = tomllib.loads(INVENTED.read_text(encoding="utf-8"))
    random = np.random.default_rng(seed)
    for kind, articles in data["articles"].items():
        for article in articles:
            for name in random.permutation([*data["layouts"]])[:LAYOUTS_PER_ARTICLE].tolist():
                others = random.permutation(data["others"].strip().splitlines()).tolist()
                blocks = _Composer(others, random).blocks(data["layouts"][name], article)
                yield _page(kind, name, blocks, int(random.integers(3)))


def _page(kind: str, layout: str, blocks: list[list[Line]], blanks: int) -> InventedPage:
    """With no blank line, with one between blocks, or with one between all lines."""
    between_lines, between_blocks = (("\n", "\n"), ("\n", "\n\n"), ("\n\n", "\n\n"))[blanks]
    text = between_blocks.join(between_lines.join(line.text for line in block) for block in blocks)
    numbers = [number for number, line in enumerate(text.split("\n"), start=1) if line]
    lines = [line for block in blocks for line in block]
    return InventedPage(kind, layout, text, dict(zip(numbers, lines, strict=True)))


class _Composer:
    """Fills layouts: every card is another article."""

    def __init__(self, others: list[str], random: np.random.Generator) -> None:
        self._others = others
        self._random = random

    def blocks(self, layout: str, article: str) -> list[list[Line]]:
        text, _, below = article.strip().partition("\n@comments\n")
        title, *rest = (_article_line(line) for line in text.split("\n"))
        title = title._replace(part="headline")
        comments = below.split("\n") if below else []
        blocks: list[list[Line]] = []
        between: list[Line] = []
        part = "above"
        for block in (block.split("\n") for block in layout.strip().split("\n\n")):
            match block[0]:
                case "@title":
                    blocks.append([title])
                case "@between":
                    between = self._lines(block[1:], "between") if self._random.random() < 0.5 else []
                case "@rest":
                    place = int(self._random.integers(1, len(rest) + 1))
                    blocks += [each for each in (rest[:place], between, rest[place:]) if each]
                    part = "below"
                case "@comments":
                    each = block.index("@each")
                    blocks += [self._lines(block[1:each], part)] if comments else []
                    blocks += [self._comment(block[each + 1 :], comment) for comment in comments]
                case _:
                    blocks += self._repeated(block, part)
        return blocks

    def _repeated(self, block: list[str], part: str) -> list[list[Line]]:
        if not (head := _HEAD.match(block[0])):
            return [self._lines(block, part)]
        maybe, least, most = head.groups()
        if maybe and self._random.random() < 0.5:
            return []
        times = int(self._random.integers(int(least or 1), int(most or least or 1) + 1))
        return [self._lines(block[1:], part) for _ in range(times)]

    def _lines(self, block: list[str], part: str) -> list[Line]:
        filled = (re.sub(r"\{(\w+)\}", lambda slot: self._value(slot[1]), line) for line in block)
        return [
            Line(text[2:], "body", "name") if text.startswith("~ ") else Line(text, "sidebar", part)
            for text in filled
            if text
        ]

    def _value(self, slot: str) -> str:
        """What stands in a slot of a layout; a teaser belongs to the last headline."""
        number = self._random.integers
        if slot == "h":
            self._others.append(self._others.pop(0))
        headline, _, teaser = self._others[-1].partition(" | ")
        values: dict[str, Callable[[], str]] = {
            "h": lambda: headline,
            "again": lambda: headline,
            "t": lambda: teaser,
            "date": lambda: f"{number(1, 29):02}/{number(1, 13):02}/2026",
            "time": lambda: f"{number(24):02}:{number(60):02}",
            "ago": lambda: f"{number(2, 24)} giờ trước",
            "name": lambda: str(self._random.choice(_NAMES)),
            "num": lambda: str(number(1, 10)),
        }
        return values[slot]()

    def _comment(self, block: list[str], comment: str) -> list[Line]:
        values = dict(zip(("user", "when", "said", "likes"), comment.split(" | "), strict=True))
        filled = [re.sub(r"\{(user|when|said|likes)\}", lambda slot: values[slot[1]], line) for line in block]
        return self._lines(filled, "comment")


def _article_line(text: str) -> Line:
    match text[:2]:
        case "= ":
            return Line(text[2:], "caption", "caption")
        case "+ ":
            return Line(text[2:], "sidebar", "between")
    return Line(text, "body", "paragraph" if re.search(r"[.!?:;…][”\")]*$", text) else "verse or item")


def _scored(page: InventedPage, labelled: LabelledPage) -> ScoredPage:
    probabilities = np.array([[line.scores[label] for label in LABELS] for line in labelled.lines])
    texts, truth, _ = zip(*(page.lines[line.number] for line in labelled.lines), strict=True)
    return ScoredPage("", page.kind, texts, truth, probabilities, np.ones(len(texts), dtype=bool))


def measure(model: Model, pages: list[InventedPage]) -> str:
    """The tables of these pages."""
    labelled = list(model.label_many([page.text for page in pages], markup="text"))
    by_kind, errors = [], Counter[tuple[str, str, str]]()
    for kind in dict.fromkeys(page.kind for page in pages):
        of_kind = [both for both in zip(pages, labelled, strict=True) if both[0].kind == kind]
        right, content = [], []
        headlines = lost = 0
        for page, prediction in of_kind:
            headlines += prediction.headline is not None and page.lines[prediction.headline].part == "headline"
            lost += body_token_f1(_scored(page, prediction)) < LOST
            for line in prediction.lines:
                truth = page.lines[line.number]
                right.append(line.label == truth.label)
                content += right[-1:] if truth.label != "sidebar" else []
                errors[kind, truth.part, line.label] += not right[-1]
        by_kind.append(
            {
                "kind": kind,
                "pages": len(of_kind),
                "lines": len(right),
                "lines right": f"{np.mean(right):.3f}",
                "lines of the article": len(content),
                "of these right": f"{np.mean(content):.3f}",
                "articles lost": lost,
                "headlines found": f"{headlines / len(of_kind):.0%}",
            }
        )
    lines = Counter((page.kind, line.part) for page in pages for line in page.lines.values())
    by_part = [
        {"kind": kind, "part of the page": part, "lines": lines[kind, part], "called": label, "errors": count}
        for (kind, part, label), count in errors.most_common(_COMMON)
        if count
    ]
    about = (
        f"{len(pages)} pages, seed {SEED}. An article is lost if the F1 between the syllables of its true and its "
        f"predicted body is below {LOST}."
    )
    return document("# Invented pages", about, records(by_kind), "## The most frequent errors", records(by_part))


def run(results: Results = RESULTS / "lines") -> None:
    """Counts the lines that are right; writes `invented_pages.md`."""
    write_table("invented_pages", measure(locbao.load(), list(invented_pages())), results)


if __name__ == "__main__":
    start(run, __doc__)
