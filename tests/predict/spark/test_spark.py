"""Labelling on Spark, in processes of its own: the rows of the local engine, and no row lost."""

import gzip
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from locbao.predict.batch.job import Work
from locbao.predict.batch.run import Run
from locbao.predict.load import SHIPPED, load
from locbao.predict.model import Model
from locbao.predict.reading.batches import PAGES_AT_ONCE
from locbao.predict.reading.inputs import UnreadableInput
from locbao.predict.reading.items import Raw, ReadOptions, Rejected, Source
from locbao.predict.reading.markup import Markup
from locbao.predict.spark import label
from locbao.predict.spark.files import Counts, SparkFailed, label_files
from locbao.predict.spark.frames import UnusableColumn, outcomes, unpacked
from locbao.predict.topics.topic_model import UnknownTopic
from locbao.predict.writing.outputs import Format, Output
from locbao.predict.writing.part_files import UnwritableOutput
from locbao.predict.writing.rows import as_row
from locbao.train.corpus.corpus_files import example_corpus
from locbao.train.corpus.labelled_pages import read_corpus
from tests.predict.batch.troubled_model import TroubledModel
from tests.predict.spark.spark_session import needs_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EXECUTORS = 2  # of the session
PAGE = "Trang nhất\n\nBà con bản Nậm Hoa vừa dựng lại cây cầu treo qua suối sau mùa lũ.\n"


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return ["\n".join(page.lines) for page in read_corpus(example_corpus())]


def test_a_page_that_the_model_fails_on_is_rejected_alone(tmp_path: Path) -> None:
    texts = ["RAISE" if number % 50 == 7 else PAGE for number in range(3 * PAGES_AT_ONCE)]
    items = [Raw(Source("f", row), text.encode(), Markup.AUTO, row) for row, text in enumerate(texts)]
    found = list(outcomes(TroubledModel(tmp_path).label_many, items, ReadOptions()))
    reason = "The page cannot be labelled (ValueError: no such page)"
    for number, outcome in enumerate(found):
        if number % 50 == 7:
            assert outcome == Rejected(Source("f", number), reason)
        else:
            assert not isinstance(outcome, Rejected)
            assert outcome.id == number
    assert len(found) == len(items)


@needs_spark
@pytest.mark.slow
def test_the_rows_are_those_of_the_local_engine(spark: "SparkSession", shipped: Model, texts: list[str]) -> None:
    frame = spark.createDataFrame(list(enumerate(texts)), "number bigint, content string").repartition(7)
    found = label(frame, text="content", id="number").collect()
    assert {row["error"] for row in found} == {None}
    rows = {row["id"]: row.asDict(recursive=True) for row in found}
    for number, page in enumerate(shipped.label_many(texts)):
        assert rows[number] == {**as_row(number, page, shipped.signature), "error": None}
    assert len(found) == len(texts)
    chosen = label(frame, text="content", id="number", thresholds={"asean": 0.0}).collect()
    assert all("asean" in row["topics"] for row in chosen if shipped.label(texts[row["id"]]).body)
    with pytest.raises(UnknownTopic):
        label(frame, text="content", id="number", thresholds={"flood": 0.5})


@needs_spark
@pytest.mark.slow
def test_a_row_that_cannot_be_labelled_keeps_its_id_and_says_why(spark: "SparkSession") -> None:
    large = 2**53 + 1  # no float
    rows = [(large, PAGE.encode()), (None, PAGE.encode()), (3, None), (4, b" \n\t"), (5, b"ch\xff"), (6, b"x" * 99)]
    frame = spark.createDataFrame(rows, "id bigint, text binary")
    as_strings = frame.selectExpr("id", "cast(text as string) text")  # bytes that are not UTF-8 included
    for given in (frame, as_strings):
        found = {row["id"]: row for row in label(given, max_chars=98).collect()}
        reasons = {id: row["error"] for id, row in found.items()}
        assert reasons == {
            large: None,
            None: 'The row has no "id"',
            3: 'The row has neither "text" nor "html" nor "markdown"',
            4: "The page is empty",
            5: "The text is not UTF-8: byte 0xff at offset 2, line 1",
            6: "The page has 99 characters, more than 98 (see --max-chars)",
        }
        assert all(row["lines"] is None and row["model"] is None for id, row in found.items() if id != large)


@needs_spark
@pytest.mark.slow
def test_columns_of_html_and_markdown(spark: "SparkSession", shipped: Model) -> None:
    text, html, markdown = PAGE, "<h1>Trang nhất</h1><p>Bà con bản Nậm Hoa", "# Trang nhất\n\n**Bà con** bản Nậm Hoa"
    rows = [(0, text, "<p>x", None), (1, None, html, None), (2, None, None, markdown), (3, None, None, None)]
    frame = spark.createDataFrame(rows, "id int, text string, page string, markdown string")
    for given in (frame, frame.withColumn("page", frame["page"].cast("binary"))):
        found = {row["id"]: row.asDict(recursive=True) for row in label(given, html="page").collect()}
        assert found[0] == {**as_row(0, shipped.label(text, "text"), shipped.signature), "error": None}
        assert found[1] == {**as_row(1, shipped.label(html, "html"), shipped.signature), "error": None}
        assert found[2] == {**as_row(2, shipped.label(markdown, "markdown"), shipped.signature), "error": None}
        assert found[3]["error"] == 'The row has neither "text" nor "page" nor "markdown"'


@needs_spark
@pytest.mark.slow
def test_a_model_is_shipped_to_processes_of_their_own_and_loaded_once_in_each(
    spark: "SparkSession", texts: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(SHIPPED, folder)
    frame = spark.createDataFrame(list(enumerate(texts)), "id int, text string").repartition(3 * EXECUTORS)
    labelled = label(frame, model=folder)
    shutil.rmtree(folder)  # the workers have it from the driver, or not at all
    for _ in range(2):
        assert labelled.where("error is null").count() == len(texts)

    def loads(frames: Iterable[Any]) -> Iterator[Any]:
        for frame in frames:
            yield frame[:1].assign(id=os.getpid(), text=str(unpacked.cache_info().misses))

    found = {(row["id"], row["text"]) for row in frame.mapInPandas(loads, frame.schema).collect()}
    assert {count for _, count in found} <= {"1", "2"}  # 2: a model of an earlier test besides
    assert os.getpid() not in {pid for pid, _ in found}
    assert len(found) == EXECUTORS


@needs_spark
@pytest.mark.slow
@pytest.mark.parametrize(
    ("columns", "given", "message"),
    [
        ("id int, body string", {}, "'text' is not there; the columns are id, body"),
        ("id double, text string", {}, "'id' has the type double, not string or tinyint"),
        ("id int, text array<string>", {}, "'text' has the type array<string>, not string or binary"),
        ("id int, text string", {"id": "url"}, "'url' is not there"),
    ],
)
def test_a_column_that_cannot_be_used_is_named(
    spark: "SparkSession", columns: str, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnusableColumn, match=message.replace("(", r"\(")):
        label(spark.createDataFrame([], columns), **given)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> list[str]:
    """Rows (read in several blocks), compressed rows, a table, a folder of pages and lists, a page, an object; some
    cannot be used."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path_factory.mktemp("inputs à la +%")
    pages = [{"id": number, "text": text, "url": f"/{number}"} for number, text in enumerate(texts[:40])]
    rows = [json.dumps(page, ensure_ascii=False) for page in pages]
    rows[3], rows[5], rows[7], rows[9] = "{torn", "", '{"id": 7, "text": 7}', '{"id": "\\ud800", "text": "Ảnh \\ud800"}'
    data = "\r\n".join([*rows, ""]).encode()
    (folder / "rows.jsonl").write_bytes(data)
    (folder / "rows.jsonl.gz").write_bytes(gzip.compress(data))
    table = {"id": [2**53 + 1, None, 3], "text": [PAGE, PAGE, None], "html": ["<p>a", None, "<p>Xin chào<p>bà con"]}
    table |= {"url": ["/á", None, "/c"], "x": [float("nan"), 1.5, None]}
    pq.write_table(pa.table(table), folder / "table.parquet")
    (folder / "pages" / "sâu").mkdir(parents=True)
    (folder / "pages" / "sâu" / "cầu treo.TXT").write_text(PAGE, encoding="utf-8")
    (folder / "pages" / "trang.html").write_text("<html><p>Xin chào<p>bà con</html>", encoding="utf-8")
    (folder / "một trang.html").write_text("<html><p>Xin chào<p>bà con</html>", encoding="utf-8")
    (folder / "pages" / "torn.txt").write_bytes(b"\xff")
    given = f'[{{"id": "a", "text": "Cầu [", "x": NaN}}, {{torn}},\n{json.dumps(pages[0])}]'
    (folder / "pages" / "danh sách.json").write_text(given, encoding="utf-8")
    (folder / "one.json").write_text(json.dumps(pages[1]))
    (folder / "pages" / "notes.log").write_text("no page", encoding="utf-8")
    names = ("rows.jsonl", "rows.jsonl.gz", "table.parquet", "pages", "một trang.html", "one.json")
    return [str(folder / name) for name in names]


@needs_spark
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "format"),
    [("out.jsonl.gz", None), ("clean", Format.TEXT), ("out.parquet", None)],
)
def test_files_become_what_the_local_engine_makes_of_them(
    spark: "SparkSession", shipped: Model, inputs: list[str], tmp_path: Path, name: str, format: Format | None
) -> None:
    ours, theirs = tmp_path / "local" / name, tmp_path / "spark" / name
    ours.parent.mkdir()
    options = ReadOptions(keep=() if format else ("url", "x"))
    run = Run(inputs, Work(Output.of(ours, format), options), load, jobs=1)
    done = run(lambda state, share: None, lambda rejected: None)
    counts = label_files(spark, inputs, str(theirs), format, options=options)
    assert counts == Counts(done.labelled, done.rejected) == Counts(82, 7)
    assert rows_of(theirs) == rows_of(ours)
    errors = [path.with_name(f"{name}.errors.jsonl") for path in (ours, theirs)]
    assert sorted(map(json.loads, rows_of(errors[1])), key=str) == sorted(map(json.loads, rows_of(errors[0])), key=str)


def rows_of(output: Path) -> list[str]:
    """The rows of a file, or of the part files in a folder, in whatever order."""
    parts = [output] if output.is_file() else [*output.glob("part-*")]
    assert parts
    return sorted(row for part in parts for row in part_rows(part))


def part_rows(part: Path) -> list[str]:
    if part.suffix == ".parquet":
        import pyarrow.parquet as pq

        return [json.dumps(row) for row in pq.read_table(part).to_pylist()]
    data = part.read_bytes()
    return (gzip.decompress(data) if part.suffix == ".gz" else data).decode().splitlines()


@needs_spark
@pytest.mark.slow
def test_nothing_is_overwritten_and_nothing_is_read_that_is_not_there(spark: "SparkSession", tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    page, there, free = str(tmp_path / "page.txt"), str(tmp_path), str(tmp_path / "out.jsonl")
    with pytest.raises(UnwritableOutput, match="exists"):
        label_files(spark, [page], there)
    with pytest.raises(UnwritableOutput, match="which Spark cannot write"):
        label_files(spark, [page], f"{free}.zst")
    with pytest.raises(UnreadableInput, match="PATH_NOT_FOUND"):
        label_files(spark, [page, f"{there}/none.jsonl"], free)
    with pytest.raises(UnreadableInput, match="standard input"):
        label_files(spark, ["-"], free)
    with pytest.raises(ValueError, match="caption_odds must be a number greater than 0"):
        label_files(spark, [page], free, caption_odds=0)
    assert sorted(os.listdir(tmp_path)) == ["page.txt"]


@needs_spark
@pytest.mark.slow
def test_without_a_page_or_with_a_damaged_file_there_is_no_output(spark: "SparkSession", tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n", encoding="utf-8")
    assert label_files(spark, [str(tmp_path / "empty.txt")], str(tmp_path / "none")) == Counts(0, 1)
    damaged = gzip.compress(b'{"id": 1, "text": "x"}\n' * 9)[:-9]
    (tmp_path / "damaged.jsonl.gz").write_bytes(damaged)
    with pytest.raises(SparkFailed, match=r"Spark gave the job up: .+ An output without a file _SUCCESS"):
        label_files(spark, [str(tmp_path / "damaged.jsonl.gz")], str(tmp_path / "out.jsonl"))
    assert sorted(os.listdir(tmp_path)) == ["damaged.jsonl.gz", "empty.txt", "none.errors.jsonl"]
