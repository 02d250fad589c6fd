"""The files of corpora: which they are, and what tells them from others a year later."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from locbao.train.corpus.labelled_pages import CorpusError
from locbao.train.tracking.run import DataFile

EXAMPLES = Path(__file__).parents[1] / "data" / "examples"


def example_corpus() -> list[Path]:
    """The files of the corpus that comes with locbao."""
    return sorted(EXAMPLES.glob("*.jsonl"))


def data_files(corpora: Sequence[Path], material: Sequence[Path] = ()) -> list[DataFile]:
    """Name, digest and size of every file: a year later, the question is whether it was the same one."""
    files = [(path, "corpus") for path in expanded(corpora) or example_corpus()]
    files += [(path, "material") for path in expanded(material)]
    return [data_file(path, role) for path, role in files]


def data_file(path: Path, role: str) -> DataFile:
    """Name, digest and size of a file."""
    content = path.read_bytes()
    return DataFile(path.name, hashlib.sha256(content).hexdigest(), len(content), role)


def expanded(paths: Sequence[Path]) -> list[Path]:
    """The files: folders replaced by their corpus files, sorted. Raises CorpusError for a folder without any."""
    return [file for path in paths for file in (_files(path) if path.is_dir() else [path])]


def _files(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.iterdir() if file.name.endswith((".jsonl", ".jsonl.gz")))
    if not files:
        raise CorpusError(str(folder), "no corpus in this folder", "Give one with .jsonl or .jsonl.gz files.")
    return files
