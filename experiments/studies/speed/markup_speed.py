"""Speed on real pages as text, HTML and Markdown beside tools that read HTML, and where the time goes.

    python -m locbao.experiments.studies.speed.markup_speed GOLD --sources FOLDER

GOLD holds labelled pages, of which those count that name the HTML they were labelled from (`source`, .html.gz, below
FOLDER). Their text is what locbao reads of it, their Markdown html2text's. Writes `markup_speed.md`. Needs the `bench`
extra.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial, wraps
from statistics import median
from time import process_time
from typing import Any
from unittest.mock import patch

import locbao
from locbao.experiments.measurement import ModelFolder, document, records, start, tool, versions
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.experiments.studies.lines.html_and_markdown import Gold, SourceFolder, html_pages
from locbao.experiments.studies.peers.extractors import HTML_TOOLS
from locbao.experiments.studies.speed.plain_text_speed import REPEATS
from locbao.experiments.timing import pin, ratios, spread, take_turns
from locbao.features.columns import Columns
from locbao.features.lines.design import Design, LinkDesign, SecondDesign
from locbao.features.page import Batch
from locbao.predict import model as model_module
from locbao.predict.lines.headline import HeadlineModel
from locbao.predict.model import Model
from locbao.predict.reading.markup import Markup
from locbao.predict.topics.topic_model import TopicModel

NOTES = f"""\
One core; times are the processor's, so that what else runs on the machine hardly counts. The contenders take turns,
{REPEATS} times, all on the same pages, which differ from turn to turn by a number after each text, so that no cache
helps anybody. A ratio is taken within a turn; shown is the median, in brackets the least and the greatest.
trafilatura's fast mode goes without its fallback extractors. The time of a stage is that of its outermost calls: what
topics score is part of topics.
"""
PACKAGES = ("numpy", "selectolax", "html2text", "trafilatura", "resiliparse", "boilerpy3", "jusText")
STAGES: Sequence[tuple[str, Any, str]] = (
    ("reading", model_module, "page_of"),
    ("features", Batch, "of"),
    ("features", Design, "columns"),
    ("features", SecondDesign, "columns"),
    ("features", LinkDesign, "columns"),
    ("scoring", Columns, "scores"),
    ("headlines", HeadlineModel, "headlines"),
    ("topics", TopicModel, "judge"),
)
_TEXT_END = re.compile(r"(?<=\w)(?=</(?!script|style))")
_LINE_END = re.compile(r"(?<=\w)$", re.M)

Pages = Mapping[Markup, list[str]]
"""The pages in each markup."""


def in_every_markup(pages: Sequence[str]) -> Pages:
    """Pages of HTML as text and as Markdown, too. Raises MissingLibrary."""
    render = tool("html2text").html2text
    return {
        Markup.HTML: list(pages),
        Markup.TEXT: [locbao.html_text(page) for page in pages],
        Markup.MARKDOWN: [render(page, bodywidth=0) for page in pages],
    }


def numbered(pages: Pages, turn: int) -> Pages:
    """The pages with a number after each of their texts."""
    ends = {markup: _TEXT_END if markup is Markup.HTML else _LINE_END for markup in pages}
    return {markup: [ends[markup].sub(f" {turn}", text) for text in texts] for markup, texts in pages.items()}


def ways(model: Model) -> dict[str, Callable[[Pages], object]]:
    """What locbao does with the pages: in batches and page by page, from each markup."""

    def in_batches(markup: Markup, pages: Pages) -> object:
        return list(model.label_many(pages[markup], markup=markup))

    def page_by_page(markup: Markup, pages: Pages) -> object:
        return [model.label(page, markup=markup) for page in pages[markup]]

    return {
        f"{markup}, {name}": partial(way, markup)
        for markup in (Markup.TEXT, Markup.HTML, Markup.MARKDOWN)
        for name, way in (("in batches", in_batches), ("page by page", page_by_page))
    }


def peers() -> dict[str, Callable[[Pages], object]]:
    """What other tools do with the pages. Raises MissingLibrary."""
    trafilatura = tool("trafilatura").extract
    tools: dict[str, Callable[[str], object]] = {
        "trafilatura": trafilatura,
        "trafilatura, fast mode": partial(trafilatura, fast=True),
        **{name: HTML_TOOLS[name] for name in ("resiliparse", "boilerpy3 Article", "jusText")},
    }

    def extracted(extract: Callable[[str], object], pages: Pages) -> object:
        return [extract(page) for page in pages[Markup.HTML]]

    return {name: partial(extracted, extract) for name, extract in tools.items()}


def race_table(taken: Mapping[str, Sequence[float]], count: int) -> str:
    """The seconds that contenders took for `count` pages in each turn, as rates."""
    return records(
        {
            "": name,
            "ms a page": spread([1000 * turn / count for turn in turns], 1),
            "pages/s": f"{count / median(turns):,.0f}",
            "speed over trafilatura": ratios(taken["trafilatura"], turns),
        }
        for name, turns in taken.items()
    )


@contextmanager
def timed_stages() -> Iterator[dict[str, float]]:
    """The seconds that each stage takes while the context lasts."""
    taken: dict[str, float] = defaultdict(float)
    depth = 0

    def timed(stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(work)
        def timing(*args: Any, **kwargs: Any) -> Any:
            nonlocal depth
            depth, began = depth + 1, process_time()
            try:
                result = work(*args, **kwargs)
                return iter(list(result)) if isinstance(result, Iterator) else result
            finally:
                depth -= 1
                if not depth:
                    taken[stage] += process_time() - began

        return timing

    with ExitStack() as patches:
        for stage, owner, name in STAGES:
            patches.enter_context(patch.object(owner, name, timed(stage, getattr(owner, name))))
        yield taken


def stage_table(works: Mapping[str, Callable[[Pages], object]], pages: Pages, repeats: int = REPEATS) -> str:
    """Median milliseconds a page of each stage, for each of `works`."""
    table = []
    for name, work in works.items():
        turns: dict[str, list[float]] = defaultdict(list)
        for turn in range(repeats + 1):
            texts = numbered(pages, turn)
            with timed_stages() as taken:
                began = process_time()
                work(texts)
                total = process_time() - began
            taken |= {"all else": total - sum(taken.values()), "together": total}
            for stage in dict.fromkeys([stage for stage, _, _ in STAGES] + ["all else", "together"]):
                turns[stage].append(1000 * taken[stage] / len(texts[Markup.HTML]))
        table.append({"ms a page": name, **{stage: f"{median(times[1:]):.2f}" for stage, times in turns.items()}})
    return records(table)


def run(
    gold: Gold,
    sources: SourceFolder,
    model: ModelFolder = None,
    results: Results = RESULTS / "speed",
) -> None:
    """Measures everything and writes `markup_speed.md`. Raises CorpusError, MissingLibrary."""
    pin()
    pages, loaded = in_every_markup([page.text for page in html_pages(gold, sources)]), locbao.load(model)
    count, works = len(pages[Markup.HTML]), ways(loaded)
    sizes = (f"{markup} {sum(map(len, texts)) / count / 1000:,.0f}" for markup, texts in pages.items())
    taken = take_turns({**works, **peers()}, lambda turn: numbered(pages, turn), REPEATS, process_time)
    text = document(
        "# Speed on real pages",
        NOTES,
        f"{count} pages; thousand characters a page: {', '.join(sizes)}. {versions(*PACKAGES)}.",
        race_table(taken, count),
        "## Where the time goes",
        stage_table(works, pages),
    )
    write_table("markup_speed", text, results)


if __name__ == "__main__":
    start(run, __doc__)
