"""The notebook of the docs runs from top to bottom, and shows what it promises."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the kernel's libraries
def test_the_notebook_runs_and_shows_a_page_a_comparison_and_a_plot(tmp_path: Path) -> None:
    nbclient = pytest.importorskip("nbclient", reason="the extra dev brings nbclient and ipykernel")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(ROOT / "docs" / "notebook.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    page, lines, training, scores, plot = ([output.get("data", output) for output in cell.outputs] for cell in cells)
    assert "<div" in page[-1]["text/html"]
    assert "caption" in page[-1]["text/html"]
    assert "<table" in lines[-1]["text/html"]
    assert "saved my-model" in "".join(output["text"] for output in training)
    assert {"my-model", "locbao", "macro_f1"} <= set(re.findall(r"<th>(.*?)</th>", scores[-1]["text/html"]))
    assert any("image/png" in data for data in plot)
    assert (tmp_path / "my-model" / "manifest.json").exists()


def test_it_is_kept_without_outputs() -> None:
    assert "output_type" not in (ROOT / "docs" / "notebook.ipynb").read_text(encoding="utf-8")


def test_a_users_script_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", ROOT / "tests" / "support" / "users_script.py"], capture_output=True, check=True
    )
    assert "holds no locbao model" in done.stdout.decode()
