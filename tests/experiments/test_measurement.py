"""What studies share: their command line, and how documents are written."""

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from locbao.experiments import studies
from locbao.experiments.measurement import chosen, document, records, start, versions
from locbao.features.errors import LocbaoError
from locbao.train.corpus.corpus_files import CorpusError

FOLDER = Path(studies.__file__ or "").parent
MODULES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts): path.read_text(encoding="utf-8")
    for path in sorted(FOLDER.rglob("*.py"))
}
COMMANDS = [name for name, text in MODULES.items() if "start(run, __doc__)" in text]


def test_documents() -> None:
    assert document("# A\n", "\nb") == "# A\n\nb"
    assert records({"a": n, "b": f"{n}."} for n in range(2)).splitlines()[2:] == ["| 0   |  0. |", "| 1   |  1. |"]
    assert records([]) == "–"
    assert re.fullmatch(r"numpy \d\S+, scipy \d\S+", versions("numpy", "scipy"))


def test_a_foreseen_error_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def study(pages: int = 3) -> None:
        raise CorpusError("a.jsonl", f"only {pages} pages", "Give more.")

    def without_file() -> None:
        Path("none.jsonl").read_bytes()

    monkeypatch.setattr(sys, "argv", ["study", "--pages", "2"])
    with pytest.raises(SystemExit, match=r"^Error: a\.jsonl: only 2 pages\. Give more\.$"):
        start(study, "A study.")
    monkeypatch.setattr(sys, "argv", ["study"])
    with pytest.raises(SystemExit, match=r"^Error: .*No such file or directory: 'none\.jsonl'$"):
        start(without_file, "Another.")


def test_kinds_are_all_or_those_given() -> None:
    kinds = {"stars": 1, "digits": 2}
    assert chosen(None, kinds) == ["stars", "digits"]
    assert chosen(["digits"], kinds) == ["digits"]
    with pytest.raises(LocbaoError, match=r"^There is no kind 'digit'\. Give one of: stars; digits\.$"):
        chosen(["digit"], kinds)


def test_every_study_can_be_started() -> None:
    assert COMMANDS == [name for name, text in MODULES.items() if "\ndef run(" in text] != []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_study_tells_its_options(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    study = import_module(f"locbao.experiments.studies.{name}")
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as end:
        start(study.run, study.__doc__)
    shown = capsys.readouterr().out
    assert end.value.code == 0
    assert "--results" in shown
    assert " ".join((study.__doc__ or "").split("\n\n")[0].split()) in " ".join(shown.split())
