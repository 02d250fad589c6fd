"""`locbao experiments`: run plans, compare their trials, and read what a training came to."""

from pathlib import Path
from typing import Annotated

import typer

from locbao.cli.console import say
from locbao.cli.shared import CorpusArgument, Grouped, MaterialOption, NoTrackOption, TrackingOption, tracking

experiments = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Run experiments, compare them, and report on a training."
)

PlanArgument = Annotated[
    str,
    typer.Argument(metavar="PLAN", help="The name of a plan that comes with locbao, a TOML file or a folder."),
]

ResultsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Where rows and comparisons are kept. Without it: experiments/results/plans of the checkout.",
    ),
]


@experiments.command(cls=Grouped)
def run(
    plan: PlanArgument,
    corpus: CorpusArgument = None,
    material: MaterialOption = None,
    results: ResultsOption = None,
    tracking_uri: TrackingOption = None,
    no_track: NoTrackOption = False,
) -> None:
    """Run the trials of a plan, and compare them.

    Every finished trial is a row in DIR; a run that was cut off goes on after the last one. With the mlflow extra, the
    plan is a run in MLflow with a run below it for each trial.

    \b
        locbao experiments run ablation pages.jsonl
        locbao experiments run my-plans/ pages.jsonl --results my-results
    """
    from locbao.experiments.result_files import PLAN_RESULTS
    from locbao.experiments.trials.plan import find_plans
    from locbao.experiments.trials.runner import run_plan

    plans = find_plans(plan)
    with tracking(tracking_uri, off=no_track) as tracker:
        for each in plans:
            files = {"corpora": corpus or [], "material": material or []}
            run_plan(each, tracker, say, **files, results=results or PLAN_RESULTS)


@experiments.command()
def table(
    plan: PlanArgument,
    results: ResultsOption = None,
) -> None:
    """Compare the finished trials of a plan.

    Prints the comparison as Markdown and writes it into DIR, as Markdown and as CSV.

    \b
        locbao experiments table ablation
    """
    from locbao.experiments.result_files import PLAN_RESULTS
    from locbao.experiments.trials.plan import find_plans
    from locbao.experiments.trials.trial_results import write_comparison

    for each in find_plans(plan):
        write_comparison(each, results or PLAN_RESULTS)


@experiments.command()
def report(
    source: Annotated[
        str,
        typer.Argument(
            metavar="RUN",
            help="The id of a run in MLflow, or a file that --predictions of a training wrote.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The HTML page to write.")],
    tracking_uri: TrackingOption = None,
) -> None:
    """Write what a training came to as one HTML page.

    The page needs nothing else: tables, pictures, and the pages with the most mistakes in colour.

    \b
        locbao experiments report 3f6c8a1e9d2b4c57a0e4d1b2c3f4a5b6 -o report.html
        locbao experiments report predictions.jsonl.gz -o report.html
    """
    from locbao.predict.writing.outputs import check_file_of_locbao
    from locbao.predict.writing.part_files import open_output
    from locbao.rendering.html_documents import GENERATOR, render_report

    check_file_of_locbao(output, [source], GENERATOR.encode())

    from locbao.experiments.trials.report import report_of_file, report_of_run

    path = Path(source)
    made = report_of_file(path) if path.is_file() else report_of_run(source, tracking_uri)
    with open_output(output) as file:
        file.write(render_report(made).encode())
    say(f"Written: {output}")
