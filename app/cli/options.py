"""The options that several commands have, and those of `locbao predict`: what they are called, take and say."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from locbao.predict.batch.job import TIMEOUT
from locbao.predict.writing.outputs import Format


def corpus_argument(help: str) -> Any:
    """The argument CORPUS: files of which `help` says what they hold, and what is taken without any."""
    return typer.Argument(metavar="CORPUS", help=help, show_default=False)


ModelOption = Annotated[
    str | None,
    typer.Option("--model", "-m", metavar="DIR", help="A model folder. Without it: the model that comes with locbao."),
]

CorpusArgument = Annotated[
    list[Path] | None,
    corpus_argument(
        'Labelled pages, .jsonl or .jsonl.gz: {"id", "site", "lines": [{"text", "label"}]} a row. '
        "Without any: the example corpus that comes with locbao."
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
FolderOption = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The model folder to write.")]
ConfigOption = Annotated[Path | None, typer.Option(metavar="FILE", help="Settings of the training, TOML.")]
SeedOption = Annotated[int | None, typer.Option(help="Seed of everything drawn by chance.")]

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


class Engine(StrEnum):
    """What labels a batch."""

    LOCAL = "local"
    SPARK = "spark"


InputsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="A .txt or .html file (a page), a folder (all such files below it), a .jsonl (also .gz, .zst) or "
        ".parquet file with an id and a text in every row, or - for JSON Lines on standard input.",
        show_default=False,
    ),
]
OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="OUT",
        help="Write to this file, whole or not at all; .gz and .zst compress. With a / at the end: a folder, which "
        "gets a file for each page.",
    ),
]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        help="jsonl: a row a page. parquet: the same rows in columns. text: the clean body of each page, its "
        "captions below it. Without it: what the name of OUT says, else jsonl.",
        show_default=False,
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        metavar="N",
        help="Processes that label; 1 is the main process alone. Without it: 1 for a single page, else as many as "
        "there are cores.",
        show_default=False,
    ),
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on with a run that broke off.")]
StrictOption = Annotated[bool, typer.Option("--strict", help="End at the first page that cannot be used.")]
MaxCharsOption = Annotated[int, typer.Option(min=1, metavar="N", help="Reject pages of more characters than this.")]
TimeoutOption = Annotated[
    float | None,
    typer.Option(
        min=1,
        metavar="SECONDS",
        help=f"Reject a page that takes longer than this; not with --jobs 1. Without it: {TIMEOUT:g}.",
        show_default=False,
    ),
]
IdFieldOption = Annotated[str, typer.Option(metavar="NAME", help="Field or column that holds a row's id.")]
TextFieldOption = Annotated[str, typer.Option(metavar="NAME", help="Field or column that holds a row's text.")]
HtmlFieldOption = Annotated[
    str, typer.Option(metavar="NAME", help="Field or column with a row's HTML, read where there is no text.")
]
SiteMemoryOption = Annotated[
    bool,
    typer.Option(
        "--site-memory",
        help="Read all pages twice, and take lines that stand on many pages of a site for furniture more readily "
        "(see docs/sites.md).",
    ),
]
SiteFieldOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="With --site-memory: field or column that holds the site of a row, or an address there. Without it: "
        "site. The site of a file is its folder.",
        show_default=False,
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Tell nothing but errors.")]
EngineOption = Annotated[
    Engine, typer.Option(help="What labels: processes of this machine, or Spark (see docs/spark.md).")
]
MasterOption = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Where Spark runs, such as spark://HOST:7077.", show_default=False),
]
