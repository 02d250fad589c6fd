"""Reports with tables: drawn to fit a terminal, Markdown in a pipe."""

import io
import re

import pytest

from locbao.rendering.terminal_tables import print_report
from locbao.train.evaluation.tables import table

FIGURES = ("macro f1", "body f1", "caption f1", "sidebar f1", "body token f1", "captions as body", "sidebar as body")
SCORES = table(
    ["site", "pages", *FIGURES],
    [[site, 4, *["0.899 [0.837, 0.954]"] * 6, "–"] for site in ("anninhsonghong", "bienthuy")],
)
TEXT = "Ba mũi tuần tra của đồn cùng công an xã đã đi suốt đêm trên lối mòn \x1b[2J"
CHANGES = table(["worst first", "page", "truth", "new", "text"], [["lost", "bienthuy/03", "sidebar", "body", TEXT]])
REPORT = f"all pages\n\n{SCORES}\n\nmacro f1: 0.924 [0.876, 0.962]\n\n{CHANGES}"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(width: int, monkeypatch: pytest.MonkeyPatch, report: str = REPORT) -> list[str]:
    """The lines that a terminal of this width shows, without colours."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm-256color")
    print_report(report)
    return re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()


def test_a_pipe_gets_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(REPORT)
    assert capsys.readouterr().out == REPORT + "\n"


@pytest.mark.parametrize("width", [80, 110, 200])
def test_a_terminal_gets_tables_that_fit_with_all_their_words(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(width, monkeypatch)
    assert max(map(len, lines)) <= width
    assert "macro f1: 0.924 [0.876, 0.962]" in lines
    [row] = [line for line in lines if line.startswith("anninhsonghong")]
    assert row.split()[1:3] == ["4", "0.899"]
    assert ("[0.837, 0.954]" in row) == (width == 200)
    assert any("the terminal is too narrow" in line for line in lines) == (width < 200)
    words = " ".join(lines).split()
    assert {word for word in TEXT.split() if word.isalpha()} <= set(words)


def test_a_table_without_rows_and_names_with_the_sign_between_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "site  pages" in " ".join(shown(80, monkeypatch, table(["site", "pages"], []))).replace("   ", "  ")
    assert any("Báo Sông / Tin" in line for line in shown(80, monkeypatch, table(["site"], [["Báo Sông | Tin"]])))


def test_text_of_pages_steers_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "␛" in "".join(shown(200, monkeypatch))
