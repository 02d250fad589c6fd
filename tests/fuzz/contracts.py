"""What the readers promise, whatever they are given: a function of bytes for each, silent where the promise holds.

The suite runs them on the seeds and on what hypothesis writes, `make fuzz` on what atheris makes of the seeds. Those
that read files write theirs into `folder`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from locbao.experiments.trials.plan import read_plan
from locbao.features.errors import LocbaoError
from locbao.features.labels import LABELS
from locbao.features.text import normalise, split_lines
from locbao.predict.load import load
from locbao.predict.model import Model
from locbao.predict.reading.html import html_text
from locbao.predict.reading.inputs import Reader
from locbao.predict.reading.items import Input, Raw, ReadOptions, Rejected, Source
from locbao.predict.reading.markup import Markup, is_html
from locbao.predict.reading.parsing import parse
from locbao.predict.store import manifest as manifests
from locbao.predict.store.audit import UnsafePart, audit, build, dump
from locbao.predict.store.folder import Stored, save
from locbao.predict.store.schema import UnfitPart, check
from locbao.predict.writing.rows import as_row, json_line
from locbao.train.composer.layout import LayoutError, read_layout
from locbao.train.configuration import ConfigError, read_configuration
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.corpus.labelled_pages import read_corpus
from locbao.train.lines.config import LineConfig
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.rules import read_rules
from tests.fuzz.strategies import PAGE
from tests.predict.store.small_model import MANIFEST, parts

Contract = Callable[[bytes, Path], None]

OPTIONS = ReadOptions(max_chars=2000, site_field="site", keep=("url",))


@cache
def shipped() -> Model:
    """The model that comes with locbao, loaded once."""
    return load()


def check_page(model: Model, text: str, markup: str = "auto") -> None:
    """A page is labelled or refused; a label for each line that is not blank, in its own words, and a row of JSON."""
    try:
        page = model.label(text, markup)
        html = markup == "html" or (markup == "auto" and is_html(text))
        raw = split_lines(html_text(text) if html else text)
    except LocbaoError:
        return
    numbers = [line.number for line in page.lines]
    assert numbers == [number for number, line in enumerate(raw, 1) if normalise(line)]
    assert [line.text for line in page.lines] == [raw[number - 1] for number in numbers]
    for line in page.lines:
        assert tuple(line.scores) == LABELS
        assert abs(sum(line.scores.values()) - 1) < 1e-5
        assert line.score == line.scores[line.label] == max(line.scores.values())
    said = [line for line in page.lines if line.plain]
    assert all(line.scores == before.scores for before, line in pairwise(said) if line.continues)
    assert page.headline is None or page.headline in numbers
    for spans in page.evidence_spans.values():
        assert all(0 <= span.start < span.end <= len(raw[span.line - 1]) for span in spans)
    json.dumps(page.to_dict(), allow_nan=False)
    json_line(as_row("a", page, "model 0")).decode()


def _page(markup: Markup, data: bytes, folder: Path) -> None:
    """As a file, which is decoded, and as a text, in which lone surrogates stand for what is no UTF-8."""
    _check_item(parse(Raw(Source("a"), data, markup), OPTIONS), "a")
    check_page(shipped(), data.decode(errors="surrogateescape"), markup)


def _check_item(item: Input | Rejected, file: str) -> None:
    assert item.source.file == file
    if isinstance(item, Rejected):
        assert item.reason
        json_line({"reason": str(item)}).decode()
    else:
        assert type(item.id) in (str, int)
        assert item.page.line_count
        json_line({"id": item.id, "text": item.page.text, "site": item.site}).decode()
        json.dumps(item.kept, allow_nan=False)


def _many(name: str, data: bytes, folder: Path) -> None:
    """Every page is read or rejected, in the same order whatever is passed over."""
    path = folder / name
    path.write_bytes(data)
    reader = Reader([str(path)], OPTIONS)
    items = list(reader.items())
    assert items
    assert list(reader.items(len(items) // 2)) == items[len(items) // 2 :]
    for item in items:
        _check_item(parse(item, OPTIONS), str(path))


def _json_lines(data: bytes, folder: Path) -> None:
    packings = {b"\x1f\x8b": "a.jsonl.gz", b"\x28\xb5": "a.jsonl.zst"}
    _many(packings.get(data[:2], "a.jsonl"), data, folder)


def _manifest(data: bytes, folder: Path) -> None:
    """A manifest as it stands; it and a sound one that is spoilt, sealed anew over sound files, as anybody can."""
    with suppress(manifests.UnreadableModel):
        manifests.parse(data, folder)
    model = folder / "model"
    if not model.exists():
        save(model, parts(), MANIFEST, "# Card\n")
        (model / manifests.MANIFEST).rename(folder / "sound.json")
    sound = (folder / "sound.json").read_bytes()
    files = json.loads(sound)["files"]
    for manifest in (partial(json.loads, data), partial(_spoilt, json.loads(sound), data)):
        try:
            _, sealed = manifests.seal({"files": files, **manifest(), "format": manifests.FORMAT})
        except (ValueError, TypeError, AttributeError, RecursionError):  # no JSON
            continue
        (model / manifests.MANIFEST).write_bytes(sealed)
        with suppress(LocbaoError):
            loaded = load(model)
            assert repr(loaded).isprintable()
            check_page(loaded, PAGE)


def _part(data: bytes, folder: Path) -> None:
    """A part as it stands, as each that a model has."""
    try:
        audit(data, "lines")
        part = build(data, "lines")
    except UnsafePart:
        return
    for name in manifests.PARTS:
        _check_model({**parts(), name: part})


def _schema(data: bytes, folder: Path) -> None:
    """Sound parts that are spoilt."""
    spoilt = _spoilt(parts(), data)
    try:
        for name, part in spoilt.items():
            dump(part, name)
    except UnsafePart:
        return
    _check_model(spoilt)


def _spoilt(values: dict[str, Any], data: bytes) -> dict[str, Any]:
    """The values, into which each three bytes put something else: where, and what. Eight times at most: some double."""
    for place, more, what in zip(data[:24:3], data[1:24:3], data[2:24:3], strict=False):
        places = list(_places(values))
        holder, key = places[(place * 256 + more) % len(places)]
        holder[key] = _ODD[what % len(_ODD)](holder[key])
    return values


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def _scaled(by: float, value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        with np.errstate(all="ignore"):
            return value * by
    return by


_ODD: tuple[Callable[[Any], Any], ...] = (
    *(lambda _, odd=odd: odd for odd in (None, True, -1, 0, 2**70, 1e308, -1e308, 5e-324, float("nan"), float("inf"))),
    *(lambda _, odd=odd: odd for odd in ("", "a", "lũ\nlũ", "\n", " ", "\ud800", "yes", b"", (), "syllables", "both")),
    *(lambda _, shape=shape: np.zeros(shape) for shape in (0, 1, (0, 3), (3, 0), (2, 3), ())),
    *(lambda _, kind=kind: np.ones(6, kind) for kind in ("f4", "f8", "f2", "i8", "?", "U3")),
    *(partial(_scaled, by) for by in (-1.0, 0.0, 1e4, 1e-30, 1e30)),
    lambda _: [],
    lambda _: {},
    lambda value: [value],
    lambda value: {"a": value},
    lambda value: value[:-1] if isinstance(value, str | list) or np.ndim(value) else value,
    lambda value: value * 2 if isinstance(value, str | list) else value,
    lambda value: value.T if isinstance(value, np.ndarray) else value,
    lambda value: value.astype(">f4") if isinstance(value, np.ndarray) else value,
)
"""What a value of a model becomes."""


def _check_model(of_model: dict[str, Any]) -> None:
    """Parts that the schema lets pass make a model that labels."""
    try:
        check(of_model)
        model = Model(Stored({"name": "a"}, of_model, "0" * 64, ""))
    except (UnfitPart, LocbaoError):
        return
    check_page(model, PAGE)


def _toml(data: bytes, folder: Path) -> None:
    path = folder / "a.toml"
    path.write_bytes(data)
    readers: tuple[Callable[[Path], Any], ...] = (
        partial(read_configuration, LineConfig),
        partial(read_configuration, TopicConfig),
        read_rules,
        _configured,
    )
    for reader in readers:
        with suppress(ConfigError):
            reader(path)


def _configured(path: Path) -> None:
    """A plan with the settings of all its trials."""
    plan = read_plan(path)
    for trial in plan.trials():
        plan.base_of(trial)
        plan.trained.configure(trial.configuration, f"{path}, {trial}")


def _corpus(data: bytes, folder: Path) -> None:
    path = folder / "corpus.jsonl"
    path.write_bytes(data)
    with suppress(CorpusError):
        assert read_corpus([path])


def _layout(data: bytes, folder: Path) -> None:
    path = folder / "layout.txt"
    path.write_bytes(data)
    with suppress(LayoutError):
        read_layout(path)


CONTRACTS: dict[str, Contract] = {
    "text": partial(_page, Markup.AUTO),
    "html": partial(_page, Markup.HTML),
    "markdown": partial(_page, Markup.MARKDOWN),
    "json": partial(_many, "a.json"),
    "json_lines": _json_lines,
    "parquet": partial(_many, "a.parquet"),
    "manifest": _manifest,
    "part": _part,
    "schema": _schema,
    "toml": _toml,
    "corpus": _corpus,
    "layout": _layout,
}
