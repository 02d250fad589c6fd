"""`locbao show` and `locbao explain`: one page to look at, one line to understand."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from locbao.cli.console import say
from locbao.cli.shared import MOST_SECONDS, CaptionOddsOption, ModelOption, ThresholdOption, thresholds
from locbao.predict.reading.inputs import raw_page, read_page, usable_page
from locbao.predict.reading.items import Item
from locbao.predict.writing.outputs import check_file_of_locbao
from locbao.predict.writing.part_files import open_output, standard_output

if TYPE_CHECKING:
    from locbao.predict.explain import Explanation
    from locbao.predict.labelled import LabelledPage
    from locbao.predict.model import Model

PageArgument = Annotated[
    str,
    typer.Argument(metavar="PAGE", help="A .txt, .html or .md file, or - for text on standard input."),
]


def show(
    page: PageArgument,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write an HTML page that also has the reasons of every label."),
    ] = None,
    caption_odds: CaptionOddsOption = 1.0,
    threshold: ThresholdOption = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            min=1,
            max=MOST_SECONDS,
            metavar="SECONDS",
            help="Give up if it takes longer than this, loading the model included. Without it: no end.",
        ),
    ] = None,
    model: ModelOption = None,
) -> None:
    """Show one page line by line with its labels.

    The lines that speak for a topic of the article are marked with its name. In a terminal the labels are in colour.
    The HTML page needs no network; pointing at a line, or moving to it by keyboard, tells its probabilities and what
    decided its label.

    \b
        locbao show page.txt
        locbao show page.txt --html page.html
        curl -s https://example.org/page.txt | locbao show -
    """
    chosen = thresholds(threshold)
    if html:
        from locbao.rendering.html_documents import GENERATOR

        check_file_of_locbao(html, [page], GENERATOR.encode())

    import locbao

    label = partial(_labelled, page, raw_page(page), partial(locbao.load, model), caption_odds, chosen, bool(html))
    if timeout:
        from locbao.predict.batch.workers import in_time

        shown = in_time(label, timeout)
    else:
        shown = label()
    id, labelled, explanations, model_name = shown
    if html is None:
        from locbao.rendering.terminal import show_page

        show_page(id, labelled, model_name, standard_output())
        return
    from locbao.rendering.html_documents import render_page

    with open_output(html) as file:
        file.write(render_page(id, labelled, explanations, model_name).encode())
    say(f"Written: {html}")


def _labelled(
    argument: str,
    raw: Item,
    load: "Callable[[], Model]",
    caption_odds: float,
    thresholds: dict[str, float],
    explained: bool,
) -> "tuple[str, LabelledPage, list[Explanation], str]":
    """The id of a page, its labels, the reasons of every line if it is to be `explained`, and the model's signature."""
    read, model = usable_page(argument, raw), load()
    labelled = model.label(read.page, caption_odds=caption_odds, thresholds=thresholds)
    explanations: list[Explanation] = []
    if explained:
        from locbao.rendering.html_documents import MOST_EXPLAINED

        numbers = [line.number for line in labelled.lines] if len(labelled.lines) <= MOST_EXPLAINED else []
        explanations = model.explain_many(read.page, numbers, caption_odds=caption_odds)
    return str(read.id), labelled, explanations, model.signature


def explain(
    page: PageArgument,
    line: Annotated[int, typer.Argument(min=1, metavar="LINE", help="A line number, from 1.")],
    topic: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Tell what speaks for this topic; may be given more than once. Without it: each topic that the line "
            "is evidence of.",
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="How many features to list.")] = 12,
    model: ModelOption = None,
) -> None:
    """Tell why one line of a page got its label.

    Lists the features that decided, with their weights: what each adds to the log-odds of the label against the label
    that came second. If the line speaks for a topic, its words follow. The line numbers are those of the text file, and
    of `locbao show`.

    \b
        locbao explain page.txt 12
        locbao explain page.txt 12 --topic asean
    """
    read = read_page(page)

    import locbao
    from locbao.rendering.terminal import show_explanation, topics_by_line

    loaded = locbao.load(model)
    labelled = loaded.label(read.page)
    explanation = loaded.explain(read.page, line)
    wanted = topic or topics_by_line(labelled).get(line, [])
    topics = [loaded.explain_topic(read.page, line, name) for name in wanted]
    show_explanation(str(read.id), labelled, explanation, topics, top, standard_output())
