"""What a training came to, gathered for one page to read: facts, tables, pictures, and the pages that went worst."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from locbao.experiments.trials.plan import KINDS
from locbao.experiments.trials.report_parts import Report, Section
from locbao.experiments.trials.runner import COMPARISON
from locbao.features.errors import LocbaoError
from locbao.predict.optional import MissingLibrary
from locbao.train.corpus.corpus_files import CorpusError, first_row
from locbao.train.evaluation.judged_articles import HELD_OUT_TOPICS
from locbao.train.evaluation.predictions import HELD_OUT
from locbao.train.evaluation.tables import table
from locbao.train.tracking.mlflow_runs import fetch_run
from locbao.train.tracking.mlflow_store import connect
from locbao.train.tracking.tracked_run import PastRun, TrackingError


class NothingToReport(LocbaoError):
    """A file or a run that no report can be made of."""

    def __init__(self, source: str | Path, what: str) -> None:
        hint = "Give the id of a run in MLflow, or a file that `locbao train lines --predictions` wrote."
        super().__init__(f"{source}: {what}. {hint}")


def report_of_file(path: Path) -> Report:
    """The report of pages with their out-of-site probabilities. Raises NothingToReport."""
    return Report(path.name, {"pages and probabilities": path.name}, _of_held_out(path))


def report_of_run(run_id: str, uri: str | None = None) -> Report:
    """The report of a run of a training, a trial or a plan in the store at `uri` (as in `open_tracker`).

    Raises NothingToReport.
    """
    with tempfile.TemporaryDirectory() as place:
        folder, sections = Path(place), []
        try:
            run = fetch_run(connect(uri, writing=False), run_id, folder)
        except (MissingLibrary, TrackingError) as error:
            why = str(error).rstrip(".")
            raise NothingToReport(run_id, f"no file, and no run that could be read ({why})") from None
        if (comparison := folder / COMPARISON).exists():
            sections.append(Section("Comparison", comparison.read_text(encoding="utf-8")))
        held_out = next((path for name in (HELD_OUT, HELD_OUT_TOPICS) if (path := folder / name).exists()), None)
        if held_out:
            sections += _of_held_out(held_out)
        elif run.metrics:
            figures = (item for item in sorted(run.metrics.items()) if not item[0].endswith((".low", ".high")))
            rows = ([name, f"{value:.4g}"] for name, value in figures)
            sections.append(Section("Figures", table(["figure", "value"], rows)))
        pictures = {path.stem: path.read_bytes() for path in sorted((folder / "figures").glob("*.png"))}
    if pictures:
        sections.append(Section("Of the model", pictures=pictures))
    sections.append(Section("Configuration", table(["key", "value"], sorted(run.params.items()))))
    return Report(run.name, _facts(run), sections)


def _of_held_out(path: Path) -> Sequence[Section]:
    """The sections of the kind of training that writes such rows."""
    try:
        row = first_row(path)
    except CorpusError as error:
        raise NothingToReport(path, error.what) from None
    for kind in KINDS.values():
        if kind.fields <= row.keys():
            return kind.sections(path)
    raise NothingToReport(path, "its rows have not what a report needs")


def _facts(run: PastRun) -> dict[str, str]:
    """What a reader asks first; what the run does not say is left out."""
    tags = run.tags
    libraries = sorted(name.removeprefix("version.") for name in tags if name.startswith("version."))
    facts = {
        "run": run.id,
        "status": run.status.lower(),
        "why it failed": tags.get("failure", ""),
        "started": datetime.fromtimestamp(run.started / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": tags.get("mlflow.source.name", ""),
        "commit": tags.get("mlflow.source.git.commit", ""),
        "changes beside the commit": tags.get("git.changed", ""),
        "data": tags.get("data", ""),
        "versions": ", ".join(f"{library} {tags[f'version.{library}']}" for library in libraries),
    }
    return {name: value for name, value in facts.items() if value}
