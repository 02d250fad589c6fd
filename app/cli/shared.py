"""What several commands share: the arguments and options that they have in common, and the tracker of their runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from locbao.cli.console import Exit, say

if TYPE_CHECKING:
    from locbao.train.tracking.tracked_run import Tracker


class Grouped(TyperCommand):
    """A command whose help lists its options by their `rich_help_panel`, as plain text: rich would take as long again
    as all the rest, and leave the sentences half of the width."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the arguments, the options of no group, then each group."""
        groups: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for param in self.get_params(ctx):
            named = getattr(param, "rich_help_panel", None)
            group = named or ("Arguments" if param.param_type_name == "argument" else "Options")
            if record := param.get_help_record(ctx):
                groups.setdefault(group, []).append(record)
        for group, records in groups.items():
            if records:
                with formatter.section(group):
                    formatter.write_dl(records)


def corpus_argument(help: str) -> Any:
    """The argument CORPUS: files of which `help` says what they hold, and what is taken without any."""
    return typer.Argument(metavar="CORPUS", help=help)


ModelOption = Annotated[
    str | None,
    typer.Option("--model", "-m", metavar="DIR", help="A model folder. Without it: the model that comes with locbao."),
]


MOST_SECONDS = 1_000_000
"""The longest time that `--timeout` takes: eleven days. The system waits for no more than twice as long."""


def _checked_odds(odds: float) -> float:
    if not 0 < odds < float("inf"):
        raise typer.BadParameter(f"the odds are multiplied by a number greater than 0, not {odds:g}.")
    return odds


CaptionOddsOption = Annotated[
    float,
    typer.Option(
        metavar="X",
        help="Multiply the odds of caption by X before a line gets its most probable label: above 1, fewer captions "
        "are let through into the body, and more body lines are lost.",
        callback=_checked_odds,
    ),
]

ThresholdOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TOPIC=X",
        help="Let an article carry TOPIC from the probability X on, such as border_security=0.5, in place of the one "
        "that the training chose; may be given more than once.",
    ),
]


def thresholds(written: list[str] | None) -> dict[str, float]:
    """The probabilities of `--threshold` by topic. Raises BadParameter."""
    by_topic = {}
    for setting in written or ():
        topic, _, value = setting.rpartition("=")
        try:
            by_topic[topic] = float(value)
        except ValueError:
            by_topic[topic] = -1.0
        if not topic or not 0 <= by_topic[topic] <= 1:
            example = "a topic and a probability from 0 to 1 are needed, such as border_security=0.5"
            raise typer.BadParameter(f"{example}, not {setting!r}.", param_hint="--threshold")
    return by_topic


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
    ),
]
FolderOption = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The model folder to write.")]
ConfigOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Settings of the training, TOML. Without it: the defaults.")
]
SeedOption = Annotated[
    int | None, typer.Option(help="Seed of everything drawn by chance. Without it: that of the settings.")
]

_TRACKING = "What MLflow keeps"

TrackingOption = Annotated[
    str | None,
    typer.Option(
        metavar="URI",
        help="MLflow's address, where runs and models are kept. Without it: MLFLOW_TRACKING_URI, else "
        "sqlite:///mlflow.db in the working directory.",
        rich_help_panel=_TRACKING,
    ),
]
RegisteredOption = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="MLflow's registered model, whose versions the models are.", rich_help_panel=_TRACKING
    ),
]
NoTrackOption = Annotated[
    bool, typer.Option("--no-track", help="Keep no record of the run in MLflow.", rich_help_panel=_TRACKING)
]


@contextmanager
def tracking(uri: str | None, *, off: bool, registered: str = "locbao") -> "Iterator[Tracker]":
    """The tracker of the store at `uri`, or none. Raises typer.Exit in the end if not everything could be tracked."""
    from locbao.train.tracking.mlflow_runs import open_tracker
    from locbao.train.tracking.tracked_run import Tracker

    tracker = Tracker() if off else open_tracker(uri, registered=registered, tell=say)
    yield tracker
    if tracker.failed:
        raise typer.Exit(Exit.UNTRACKED)
