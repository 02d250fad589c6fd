"""`locbao train` and `locbao evaluate`: fit a model, score a model."""

from pathlib import Path
from typing import Annotated

import typer

from locbao.cli_predict import ModelOption
from locbao.console import Exit, guarded, say

train = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Train a model on labelled pages, and save it as a folder."
)

CorpusArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="CORPUS",
        help='Labelled pages, .jsonl or .jsonl.gz: {"id", "site", "lines": [{"text", "label"}]} a row. '
        "Without any: the example corpus that comes with locbao.",
        show_default=False,
    ),
]

MaterialOption = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="Pages, articles or headlines that training pages are composed from; may be given more than once.",
        show_default=False,
    ),
]

TrackingOption = Annotated[
    str | None,
    typer.Option(
        metavar="URI",
        help="MLflow's address, where runs and models are kept. Without it: MLFLOW_TRACKING_URI, else "
        "sqlite:///mlflow.db in the working directory.",
        show_default=False,
    ),
]
RegisteredOption = Annotated[
    str, typer.Option(metavar="NAME", help="MLflow's registered model, whose versions the models are.")
]
NoTrackOption = Annotated[bool, typer.Option("--no-track", help="Keep no record of the run in MLflow.")]


@train.command()
@guarded
def lines(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The model folder to write.")],
    corpus: CorpusArgument = None,
    material: MaterialOption = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings of the training, TOML.")] = None,
    name: Annotated[str | None, typer.Option(help="The model's name; it stands in every row that it labels.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything drawn by chance.")] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write what the scores are made of: probabilities out of site."),
    ] = None,
    tracking_uri: TrackingOption = None,
    registered: RegisteredOption = "locbao",
    no_track: NoTrackOption = False,
) -> None:
    """Train the line model.

    Checks the corpora, composes training pages, scores the model on sites that it was not trained on, fits it on all
    of them and saves it. The same data, settings and seed give the same model. What went in and what came out is kept
    in MLflow, if that is installed.

    \b
        locbao train lines -o my-model
        locbao train lines pages.jsonl --material articles.jsonl.gz -o my-model
    """
    from locbao.train.run import train_lines
    from locbao.train.tracking import no_tracking, open_tracker

    tracker = no_tracking() if no_track else open_tracker(tracking_uri, registered=registered, tell=say)
    train_lines(
        corpus or [],
        output,
        material=material or [],
        config=config,
        name=name,
        seed=seed,
        predictions=predictions,
        tracker=tracker,
    )
    if tracker.failed:
        raise typer.Exit(Exit.UNTRACKED)


@train.command()
@guarded
def topics(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The model folder to write.")],
    corpus: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="CORPUS",
            help='Articles with their topics, .jsonl or .jsonl.gz: {"id", "title", "lead", "body": […], "topics": […]} '
            "a row. Without any: the example articles that come with locbao.",
            show_default=False,
        ),
    ] = None,
    topic: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Train this topic alone; may be given more than once.", show_default=False),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Topic files, NAME.toml. Without it: those that come with locbao."),
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The model whose lines and other topics are kept. Without it: the one in DIR of -o, if there is one, "
            "else the one that comes with locbao.",
        ),
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings of the training, TOML.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything drawn by chance.")] = None,
    tracking_uri: TrackingOption = None,
    registered: RegisteredOption = "locbao",
    no_track: NoTrackOption = False,
) -> None:
    """Train topics, and add them to a model.

    Learns what single sentences say from articles that are labelled as wholes, scores each topic on articles that were
    held out, and saves the model. Its lines and its other topics stay as they are. The same data, settings and seed
    give the same model.

    \b
        locbao train topics -o my-model
        locbao train topics floods.jsonl --topic flood --rules my-topics -o my-model
    """
    from locbao.train.topic_run import train_topics
    from locbao.train.tracking import no_tracking, open_tracker

    tracker = no_tracking() if no_track else open_tracker(tracking_uri, registered=registered, tell=say)
    train_topics(
        corpus or [],
        output,
        topics=topic or [],
        rules=rules,
        config=config,
        seed=seed,
        base=base,
        tracker=tracker,
    )
    if tracker.failed:
        raise typer.Exit(Exit.UNTRACKED)


@guarded
def evaluate(
    corpus: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="CORPUS",
            help="Labelled pages, as for train lines, or articles with their topics, as for train topics. Without any: "
            "the example pages that come with locbao.",
            show_default=False,
        ),
    ] = None,
    model: ModelOption = None,
) -> None:
    """Score a model on labelled pages, or its topics on articles.

    Prints precision, recall and F1 of every label with 95 % intervals over pages, the confusion of labels, and the
    scores of every site; of articles, the same figures of every topic.

    \b
        locbao evaluate pages.jsonl
        locbao evaluate pages.jsonl articles.jsonl --model my-model
    """
    from locbao.train.evaluate import evaluate as score

    score(corpus or [], model=model)
