"""`locbao train` and `locbao evaluate`: fit a model, score a model."""

from pathlib import Path
from typing import Annotated

import typer

from locbao.cli_predict import ModelOption
from locbao.console import guarded

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


@train.command()
@guarded
def lines(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The model folder to write.")],
    corpus: CorpusArgument = None,
    material: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Pages, articles or headlines that training pages are composed from; may be given more than once.",
            show_default=False,
        ),
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings of the training, TOML.")] = None,
    name: Annotated[str | None, typer.Option(help="The model's name; it stands in every row that it labels.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything drawn by chance.")] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write what the scores are made of: probabilities out of site."),
    ] = None,
) -> None:
    """Train the line model.

    Checks the corpora, composes training pages, scores the model on sites that it was not trained on, fits it on all
    of them and saves it. The same data, settings and seed give the same model.

    \b
        locbao train lines -o my-model
        locbao train lines pages.jsonl --material articles.jsonl.gz -o my-model
    """
    from locbao.train.run import train_lines

    train_lines(
        corpus or [],
        output,
        material=material or [],
        config=config,
        name=name,
        seed=seed,
        predictions=predictions,
    )


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
            metavar="DIR", help="The model whose lines and other topics are kept. Without it: the one in DIR of -o, if any."
        ),
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings of the training, TOML.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything drawn by chance.")] = None,
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

    train_topics(corpus or [], output, topics=topic or [], rules=rules, config=config, seed=seed, base=base)


@guarded
def evaluate(
    corpus: CorpusArgument = None,
    model: ModelOption = None,
) -> None:
    """Score a model on labelled pages.

    Prints precision, recall and F1 of every label with 95 % intervals over pages, the confusion of labels, and the
    scores of every site.

    \b
        locbao evaluate pages.jsonl
        locbao evaluate pages.jsonl --model my-model
    """
    from locbao.train.run import evaluate as score

    score(corpus or [], model=model)
