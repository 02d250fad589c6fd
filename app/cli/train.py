"""`locbao train` and `locbao evaluate`: fit a model, score a model."""

from pathlib import Path
from typing import Annotated

import typer

from locbao.cli.shared import (
    ConfigOption,
    CorpusArgument,
    FolderOption,
    Grouped,
    MaterialOption,
    ModelOption,
    NoTrackOption,
    RegisteredOption,
    SeedOption,
    TrackingOption,
    corpus_argument,
    tracking,
)
from locbao.predict.writing.part_files import standard_output

train = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Train a model on labelled pages, and save it as a folder."
)

NameOption = Annotated[
    str | None,
    typer.Option(help="The model's name; it stands in every row that it labels. Without it: the name of DIR."),
]
PredictionsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where to write what the scores are made of: probabilities out of site."),
]
ArticlesArgument = Annotated[
    list[Path] | None,
    corpus_argument(
        'Articles with their topics, .jsonl or .jsonl.gz: {"id", "title", "lead", "body": […], "topics": […]} '
        "a row. Without any: the example articles that come with locbao."
    ),
]
TopicOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Train this topic alone; may be given more than once."),
]
RulesOption = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Topic files, NAME.toml. Without it: those that come with locbao."),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace a model that stands in DIR, and a FILE that locbao did not write.")
]
BaseOption = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="The model whose lines and other topics are kept, a folder or shipped. Without it: the one in DIR of -o, "
        "if there is one, else the one that comes with locbao.",
    ),
]
LineBaseOption = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Learn on from this model, a folder or shipped: it keeps what it knows, and learns the site of the pages.",
    ),
]
PagesOrArticlesArgument = Annotated[
    list[Path] | None,
    corpus_argument(
        "Labelled pages, as for train lines, or articles with their topics, as for train topics. Without any: "
        "the example pages that come with locbao."
    ),
]


@train.command(cls=Grouped)
def lines(
    output: FolderOption,
    corpus: CorpusArgument = None,
    material: MaterialOption = None,
    base: LineBaseOption = None,
    config: ConfigOption = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A first look: fewer composed pages, words and folds, a worse model.")
    ] = False,
    name: NameOption = None,
    seed: SeedOption = None,
    predictions: PredictionsOption = None,
    tracking_uri: TrackingOption = None,
    registered: RegisteredOption = "locbao",
    no_track: NoTrackOption = False,
    force: ForceOption = False,
) -> None:
    """Train the line model.

    Checks the corpora, composes training pages, scores the model on sites that it was not trained on, fits it on all
    of them and saves it. The same data, settings and seed give the same model. What went in and what came out is kept
    in MLflow, if that is installed.

    With --base a few pages of one site are enough: a model that knows other sites learns this one beside them, in a
    minute, and each page is scored by one that has learned from the others.

    \b
        locbao train lines -o my-model
        locbao train lines pages.jsonl --material articles.jsonl.gz -o my-model
        locbao train lines mine.jsonl --base shipped -o mine
    """
    from locbao.rendering.terminal_tables import print_report
    from locbao.train.lines.adapt_run import adapt_lines
    from locbao.train.lines.run import train_lines

    if base and (material or config or predictions or quick or seed is not None):
        raise typer.BadParameter(
            "takes its settings from MODEL: leave out material, config, quick, seed, predictions.", param_hint="--base"
        )
    if quick and config:
        raise typer.BadParameter("is a configuration of its own: leave out --config.", param_hint="--quick")
    with tracking(tracking_uri, off=no_track, registered=registered) as tracker:
        if base:
            adapt_lines(corpus or [], output, base=base, name=name, force=force, tracker=tracker, tell=print_report)
            return
        train_lines(
            corpus or [],
            output,
            material=material or [],
            config="quick" if quick else config,
            name=name,
            seed=seed,
            predictions=predictions,
            force=force,
            tracker=tracker,
            tell=print_report,
        )


@train.command(cls=Grouped)
def topics(
    output: FolderOption,
    corpus: ArticlesArgument = None,
    topic: TopicOption = None,
    rules: RulesOption = None,
    base: BaseOption = None,
    config: ConfigOption = None,
    seed: SeedOption = None,
    tracking_uri: TrackingOption = None,
    registered: RegisteredOption = "locbao",
    no_track: NoTrackOption = False,
    force: ForceOption = False,
) -> None:
    """Train topics, and add them to a model.

    Learns what single sentences say from articles that are labelled as wholes, scores each topic on articles that were
    held out, and saves the model. Its lines and its other topics stay as they are. The same data, settings and seed
    give the same model.

    \b
        locbao train topics -o my-model
        locbao train topics floods.jsonl --topic flood --rules my-topics -o my-model
    """
    from locbao.rendering.terminal_tables import print_report
    from locbao.train.topics.run import train_topics

    with tracking(tracking_uri, off=no_track, registered=registered) as tracker:
        train_topics(
            corpus or [],
            output,
            topics=topic or [],
            rules=rules,
            config=config,
            seed=seed,
            base=base,
            force=force,
            tracker=tracker,
            tell=print_report,
        )


def evaluate(corpus: PagesOrArticlesArgument = None, model: ModelOption = None) -> None:
    """Score a model on labelled pages, or its topics on articles.

    Prints precision, recall and F1 of every label with 95 % intervals over pages, the confusion of labels, and the
    scores of every site; of articles, the same figures of every topic.

    \b
        locbao evaluate pages.jsonl
        locbao evaluate pages.jsonl articles.jsonl --model my-model
    """
    from locbao.rendering.terminal_tables import print_report
    from locbao.train.evaluation.evaluate import evaluate as score

    standard_output()
    score(corpus or [], model=model, tell=print_report)
