"""`locbao models`: which models there are, which is better, and which one is in use."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from locbao.cli.shared import Grouped, RegisteredOption, TrackingOption, corpus_argument
from locbao.predict.writing.part_files import standard_output

if TYPE_CHECKING:
    from locbao.train.registry.compare import Comparison
    from locbao.train.registry.versions import Registry

models = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="List, compare and promote the models that MLflow keeps."
)

ModelArgument = (
    "A version's number, an alias such as champion, runs:/RUN/model, models:/NAME/VERSION, a folder, or shipped: the "
    "model that comes with locbao."
)
PagesArgument = Annotated[
    list[Path] | None,
    corpus_argument(
        "Labelled pages, or articles with topics, to compare on. Without any: those that both models were scored on in "
        "their trainings."
    ),
]
ChangesOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write every line and topic that changed to this CSV file, worst first."),
]
TopOption = Annotated[int, typer.Option(min=0, metavar="N", help="How many of the changes to print.")]
WhyOption = Annotated[str, typer.Option(metavar="TEXT", help="The reason, kept with the version.")]


@models.command("list", cls=Grouped)
def list_(tracking_uri: TrackingOption = None, registered: RegisteredOption = "locbao") -> None:
    """List the versions of the registered model, newest first.

    \b
        locbao models list
    """
    from locbao.rendering.terminal_tables import print_report
    from locbao.train.registry.versions import version_table

    standard_output()
    print_report(version_table(_registry(tracking_uri, registered)))


@models.command(cls=Grouped)
def compare(
    old: Annotated[str, typer.Argument(metavar="OLD", help=ModelArgument)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=ModelArgument)],
    corpus: PagesArgument = None,
    changes: ChangesOption = None,
    top: TopOption = 20,
    tracking_uri: TrackingOption = None,
    registered: RegisteredOption = "locbao",
) -> None:
    """Compare two models on the same pages and articles.

    Prints every figure of both, the difference with its 95 % interval (paired bootstrap over pages or articles), and
    the lines and topics that changed, worst first.

    \b
        locbao models compare champion 3
        locbao models compare 2 my-model pages.jsonl articles.jsonl
    """
    from locbao.train.registry.candidates import candidate, in_folder
    from locbao.train.registry.compare import compare_models

    standard_output()
    _check_changes(changes, corpus or [])
    # Folders are compared without a store, too.
    old_model, new_model = (
        in_folder(wanted, registered) or candidate(_registry(tracking_uri, registered), wanted) for wanted in (old, new)
    )
    _show(compare_models(old_model, new_model, corpus or []), changes, top)


@models.command(cls=Grouped)
def promote(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A version's number, an alias, latest or runs:/RUN.")],
    corpus: PagesArgument = None,
    force: Annotated[bool, typer.Option("--force", help="Promote it although it is worse; needs --why.")] = False,
    why: WhyOption = "",
    changes: ChangesOption = None,
    top: TopOption = 20,
    tracking_uri: TrackingOption = None,
    registered: RegisteredOption = "locbao",
) -> None:
    """Make a version the champion, unless it is worse than the present one.

    It is compared with the champion, or, on a CORPUS, with the shipped model while there is none. If any label or topic
    is worse beyond noise, or it lacks a topic, nothing changes and the exit code is 1.
    `locbao.load("models:/locbao@champion")` gives the champion; `locbao models undo` brings the one before it back.

    \b
        locbao models promote latest
        locbao models promote 3 pages.jsonl
        locbao models promote 3 --force --why "captions matter less since May"
    """
    from locbao.train.registry import promote as promotion

    if force and not why.strip():
        raise typer.BadParameter("say why with --why TEXT: it is kept with the version.", param_hint="--force")
    _check_changes(changes, corpus or [])
    registry = _registry(tracking_uri, registered)
    version, champion = registry.find(model), registry.champion()
    if champion and champion.number == version.number:
        print(f"{version} is the champion already")
        return
    comparison = promotion.compare_with_champion(registry, version, corpus or [], force=force)
    if comparison:
        _show(comparison, changes, top)
        print()
    before, reason = promotion.promote(registry, version, comparison, force=force, why=why.strip())
    print(f"champion: {version}{f'; before it: {before}' if before else ''}\nreason: {reason}")


@models.command(cls=Grouped)
def undo(why: WhyOption = "", tracking_uri: TrackingOption = None, registered: RegisteredOption = "locbao") -> None:
    """Undo the last promotion: the champion before it comes back.

    \b
        locbao models undo --why "reads captions of photo stories as body"
    """
    goes, comes = _registry(tracking_uri, registered).undo(why.strip())
    print(f"champion: {comes or 'none'}; it was: {goes}")


def _registry(tracking_uri: str | None, registered: str) -> "Registry":
    from locbao.train.registry.versions import Registry
    from locbao.train.tracking.mlflow_store import connect

    return Registry(connect(tracking_uri, writing=False), registered)


def _check_changes(changes: Path | None, corpus: list[Path]) -> None:
    from locbao.predict.writing.outputs import check_file_of_locbao
    from locbao.train.registry.compare import flip_table

    if changes:
        check_file_of_locbao(changes, list(map(str, corpus)), flip_table([]).as_csv())


def _show(comparison: "Comparison", changes: Path | None, top: int) -> None:
    from locbao.predict.writing.part_files import open_output
    from locbao.rendering.terminal_tables import print_report
    from locbao.train.registry.compare import described, flip_table

    print_report(described(comparison, top))
    if changes:
        with open_output(changes) as file:
            file.write(flip_table(comparison.flips).as_csv())
