"""The texts that come with locbao are its own: no line of a real page is among them."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.conftest import ROOT

LONG = 60  # characters from which a line is looked up
TEXTS = {".py", ".pyi", ".txt", ".jsonl", ".json", ".md", ".html", ".css", ".toml", ".csv", ".tsv", ""}
FOLDERS = ("app", "features", "predict", "train", "experiments", "tests", "docs")
_PIECES = re.compile(r"[\"'`|<>]")


def test_no_line_of_the_real_pages_stands_in_the_project(shared_data: Path) -> None:
    known = np.frombuffer((shared_data / "lines.u64").read_bytes(), dtype="<u8")
    found = [(key, path, text) for path in texts_of_the_project() for text in pieces(path) for key in keys(text)]
    same = np.isin(np.array([key for key, _, _ in found], dtype=np.uint64), known)
    assert len(found) > 5000
    assert [(str(path), text[:80]) for (_, path, text), bad in zip(found, same, strict=True) if bad] == []


def test_a_borrowed_line_would_be_found(shared_data: Path) -> None:
    known = np.frombuffer((shared_data / "lines.u64").read_bytes(), dtype="<u8")
    rows = (shared_data / "gold_pages.jsonl").read_text(encoding="utf-8").splitlines()[:5]
    lines = {line["text"] for row in rows for line in json.loads(row)["lines"] if len(line["text"]) > 2 * LONG}
    assert lines
    assert np.isin([key for line in lines for key in keys(line)], known).all()


def texts_of_the_project() -> Iterator[Path]:
    for path in [*ROOT.glob("*"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]:
        if path.is_file() and path.suffix in TEXTS and "__pycache__" not in path.parts:
            yield path


def pieces(path: Path) -> Iterator[str]:
    """The lines of a file, their quoted parts, and every text of a JSON row."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line
        yield from _PIECES.split(line)
        yield from re.findall(r'"(.*)"', line)
        if path.suffix in (".json", ".jsonl") and line.startswith("{"):
            yield from strings(json.loads(line)) if line.endswith("}") else ()


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from value.splitlines()
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(inner)


def keys(text: str) -> Iterator[int]:
    """The key under which a long line is known: a hash of its letters in NFC and lower case, spaces made one."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().lower()
    if len(plain) >= LONG:
        yield int.from_bytes(hashlib.blake2b(plain.encode(), digest_size=8).digest(), "big")
