"""check_wheel.py TREE DIST: sdist and wheel hold every file of the five folders, and the wheel nothing else.

Only the sdist holds the results of experiments."""

import sys
import tarfile
import zipfile
from pathlib import Path

PACKAGES = {"app": "locbao", **{name: f"locbao/{name}" for name in ("features", "predict", "train", "experiments")}}
NOT_IN_THE_WHEEL = "locbao/experiments/results/"
ALSO_IN_SDIST = ("tests", "LICENSE", "README.md", "CHANGELOG.md", "Makefile", "pyproject.toml")


def files_below(place: Path) -> list[Path]:
    return [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]


def main(tree: Path, dist: Path) -> int:
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    wanted = {
        f"{package}/{path.relative_to(tree / folder).as_posix()}": path.relative_to(tree).as_posix()
        for folder, package in PACKAGES.items()
        for path in files_below(tree / folder)
    }
    wanted_in_sdist = {*wanted.values()} | {
        path.relative_to(tree).as_posix() for name in ALSO_IN_SDIST for path in files_below(tree / name)
    }
    wanted = {name: path for name, path in wanted.items() if not name.startswith(NOT_IN_THE_WHEEL)}
    in_wheel = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    with tarfile.open(sdist) as archive:
        in_sdist = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    problems = [f"not in the wheel: {name}" for name in wanted.keys() - in_wheel]
    problems += [f"in the wheel, but not in the tree: {name}" for name in in_wheel - wanted.keys()]
    problems += [f"not in the sdist: {name}" for name in wanted_in_sdist - in_sdist]
    print(*sorted(problems), sep="\n", file=sys.stderr)
    print(f"{wheel.name}: {len(in_wheel)} files, {wheel.stat().st_size / 1e6:.2f} MB")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
