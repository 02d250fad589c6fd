"""Word segmentation against `underthesea.word_tokenize`: speed from a cold start, same words, memory of the cache.

    python -m locbao.experiments.studies.speed.segmentation_speed --articles ARTICLES.jsonl.gz

Prints the tables and writes them.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from locbao.experiments.measurement import document, records, start, versions
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.experiments.timing import pin, ratios
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.corpus.labelled_pages import read_articles

LINES = 50_000
REPEATS = 3
MANY = 2_000_000
BATCH = 1_000

NOTES = """\
Distinct lines of articles, drawn at random. Every run is a process of its own on one core; ours and underthesea's take
turns on the same lines. Seconds are the processor's. `load` is from the import to what the first line needs, `words`
all lines from there, without any line or syllable seen before; the ratio is that of both together, taken within a turn:
median, in brackets the least and the greatest.
"""

LOAD = {
    "locbao": "from locbao.features.segmentation.segmenter import segmenter; split = segmenter().segment_many",
    "word_tokenize": "from underthesea import word_tokenize; split = lambda lines: list(map(word_tokenize, lines))",
}
"""What makes `split`, lines -> the words of each, in a process that has imported nothing of it."""

RACE = """
import json, sys
from time import process_time
with open(sys.argv[1]) as file:
    lines = json.load(file)
start = process_time()
{load}
split(["một"])
loaded = process_time()
words = split(lines)
done = process_time()
with open(sys.argv[2], "w") as file:
    json.dump(words, file)
print(json.dumps([loaded - start, done - loaded]))
"""

REMEMBER = """
import json, sys
from pathlib import Path
from locbao.features.segmentation.segmenter import segmenter
with open(sys.argv[1]) as file:
    lines = json.load(file)
def mebibytes(what):
    status = Path("/proc/self/status").read_text()
    return int(status.split(what + ":")[1].split()[0]) / 1024
count, batch = int(sys.argv[2]), int(sys.argv[3])
words = segmenter()
words.words("một")
loaded, peaks = mebibytes("VmRSS"), []
for start in range(0, count, batch):
    words.segment_many([f"{lines[number % len(lines)]} {number:x}" for number in range(start, start + batch)])
    peaks.append(mebibytes("VmHWM") - loaded)
print(json.dumps(peaks))
"""


def draw(articles: Path, count: int = LINES) -> list[str]:
    """So many distinct lines. Raises CorpusError, also if there are too few."""
    lines = {
        line
        for article in read_articles(articles)
        for line in (article.title, article.lead, *article.body, *article.captions)
        if line
    }
    if len(lines) < count:
        raise CorpusError(str(articles), f"only {len(lines):,} distinct lines", f"Give articles with {count:,}.")
    return random.Random(0).sample(sorted(lines), count)


def race_table(source: Path, folder: Path, repeats: int = REPEATS) -> str:
    """Seconds of both sides and their ratio; the words of both into `folder`. `source`: a JSON list of lines."""
    count = len(json.loads(source.read_text(encoding="utf-8")))
    turns = [
        {side: _child(RACE.format(load=load), source, folder / side) for side, load in LOAD.items()}
        for _ in range(repeats)
    ]
    ours, theirs = ([sum(turn[side]) for turn in turns] for side in LOAD)
    rows = []
    for side, speed in zip(LOAD, (ratios(theirs, ours, digits=1), "1"), strict=True):
        load, words = (median(turn[side][part] for turn in turns) for part in (0, 1))
        row = {"": side, "load": f"{load:.2f} s", "words": f"{words:.2f} s", "lines/s": f"{count / words:,.0f}"}
        rows.append(row | {"speed over word_tokenize": speed})
    return records(rows)


def differing(folder: Path) -> int:
    """How many lines have other words."""
    ours, theirs = (json.loads((folder / side).read_text(encoding="utf-8")) for side in LOAD)
    wanted = ([word.lower().replace(" ", "_") for word in words] for words in theirs)
    return sum(words != expected for words, expected in zip(ours, wanted, strict=True))


def memory_table(source: Path, many: int = MANY, batch: int = BATCH) -> str:
    """What a process takes at most beyond the loaded segmenter, up to each eighth of many lines. Linux only."""
    peaks = _child(REMEMBER, source, many, batch)
    last = [len(peaks) * part // 8 for part in range(1, 9)]  # batch of each eighth
    shown = {f"{place * batch:,}": f"{peaks[place - 1]:.0f}" for place in last}
    return records([{"distinct lines": "peak memory beyond the loaded segmenter, MiB", **shown}])


def _child(code: str, *arguments: object) -> list[float]:
    """What a process prints that runs the code."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    numbers: list[float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return numbers


def run(
    articles: Annotated[Path, typer.Option(help="Articles to draw lines from.")], results: Results = RESULTS / "speed"
) -> None:
    """Measures everything and writes `segmentation.md`. Raises CorpusError."""
    pin()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "lines.json"
        source.write_text(json.dumps(draw(articles)), encoding="utf-8")
        text = document(
            "# Word segmentation",
            NOTES,
            f"{versions('underthesea')}, {LINES:,} lines.",
            race_table(source, folder),
            f"Lines with other words than `word_tokenize` gives: {differing(folder)} of {LINES:,}.",
            "## Memory of the cache",
            f"Lines made distinct by a number at the end, {BATCH:,} at a time.",
            memory_table(source),
        )
    write_table("segmentation", text, results)


if __name__ == "__main__":
    start(run, __doc__)
