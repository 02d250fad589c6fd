"""The house itself: what is installed under which name, and what must not be imported how."""

import ast
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from locbao.features.errors import LocbaoError
from tests.conftest import ROOT

TOP = {"app": "locbao", **{name: f"locbao.{name}" for name in ("features", "predict", "train", "experiments")}}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def python(code: str, cwd: Path) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, check=True).stdout


def test_every_folder_with_code_is_in_the_list_of_packages() -> None:
    found = {
        ".".join([TOP[folder.name], *sub.relative_to(folder).parts])
        for folder in map(ROOT.joinpath, TOP)
        for sub in {path.parent for path in folder.rglob("*.py")}
    }
    setuptools = PROJECT["tool"]["setuptools"]
    assert sorted(setuptools["packages"]) == sorted(found)
    assert setuptools["package-dir"] == {name: folder for folder, name in TOP.items()}


def test_no_two_classes_have_one_name() -> None:
    defined = [
        node.name
        for folder in TOP
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert [name for name, count in Counter(defined).items() if count > 1] == []


def test_no_folder_hides_the_package() -> None:
    assert not (ROOT / "locbao").exists()


@pytest.mark.parametrize("folder", TOP)
def test_every_package_is_typed_and_says_what_it_is(folder: str) -> None:
    assert (ROOT / folder / "py.typed").exists()
    assert (ROOT / folder / "__init__.py").read_text(encoding="utf-8").startswith('"""')


def test_packages_are_found_from_anywhere(tmp_path: Path) -> None:
    code = f"import {', '.join(TOP.values())}; print(locbao.__file__)"
    assert python(code, tmp_path).strip()


@pytest.mark.parametrize("statement", [f"import {name}" for name in TOP] + [f"from {name}.x import y" for name in TOP])
def test_folders_are_not_imported_by_their_bare_names(statement: str) -> None:
    """At the root of a checkout that would work, and give every class a second time."""
    command = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--stdin-filename", "predict/x.py", "-"]
    run = subprocess.run(command, cwd=ROOT, input=statement + "\n", capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "TID251" in run.stdout


def test_help_needs_no_numpy(tmp_path: Path) -> None:
    code = (
        "import sys; from locbao.cli.main import main; sys.argv = ['locbao', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'scipy', 'sklearn', 'joblib', 'mlflow', 'pandas', 'matplotlib'} & set(sys.modules)))"
    )
    assert python(code, tmp_path).splitlines()[-1] == "[]"


def test_no_folder_imports_a_later_one(tmp_path: Path) -> None:
    """Import direction: features <- predict <- train <- experiments; `make imports` looks for circles as well."""
    order = ["features", "predict", "train", "experiments"]
    for place, name in enumerate(order[:-1]):
        modules = [
            ".".join(["locbao", *path.relative_to(ROOT).with_suffix("").parts])
            for path in sorted((ROOT / name).rglob("[!_]*.py"))
        ]
        later = [f"locbao.{other}" for other in order[place + 1 :]]
        code = f"import sys, {', '.join(modules)}\nprint([m for m in sys.modules if m.startswith({tuple(later)!r})])"
        assert python(code, tmp_path).strip() == "[]", name


def test_errors_survive_the_way_back_from_a_worker() -> None:
    import pickle

    class_ = pytest.importorskip("locbao.predict.store.audit").UnsafePart
    error = class_("lines", "it names os.system")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.part) == (class_, str(error), "lines")
    assert issubclass(class_, LocbaoError)
