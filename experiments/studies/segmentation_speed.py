"""Word segmentation against `underthesea.word_tokenize`: speed from a cold start, same words, memory of the cache.

    python -m locbao.experiments.studies.segmentation_speed --articles ARTICLES.jsonl.gz

Prints the tables and writes them.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median

from locbao.experiments.studies.command import foreseen
from locbao.experiments.studies.speed import pin
from locbao.experiments.trials.trial_results import write_table
from locbao.train.corpus.labelled_pages import read_articles
from locbao.train.evaluation.tables import table

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


def _child(code: str, *arguments: object) -> list[float]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    found: list[float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return found


def draw(articles: Path) -> list[str]:
    """LINES distinct lines. Raises CorpusError."""
    found = {
        line
        for article in read_articles(articles)
        for line in (article.title, article.lead, *article.body, *article.captions)
        if line
    }
    return random.Random(0).sample(sorted(found), LINES)


def race_table(source: Path, folder: Path) -> str:
    """Seconds of both sides and their ratio; the words of both into `folder`."""
    turns = [
        {side: _child(RACE.format(load=load), source, folder / side) for side, load in LOAD.items()}
        for _ in range(REPEATS)
    ]
    ratios = [sum(turn["word_tokenize"]) / sum(turn["locbao"]) for turn in turns]
    speed = {"locbao": f"{median(ratios):.1f} [{min(ratios):.1f}, {max(ratios):.1f}]", "word_tokenize": "1"}
    rows = []
    for side in LOAD:
        load, words = (median(turn[side][part] for turn in turns) for part in (0, 1))
        rows.append([side, f"{load:.2f} s", f"{words:.2f} s", f"{LINES / words:,.0f}", speed[side]])
    return table(["", "load", "words", "lines/s", "speed over word_tokenize"], rows)


def differing(folder: Path) -> int:
    """How many lines have other words."""
    ours, theirs = (json.loads((folder / side).read_text(encoding="utf-8")) for side in LOAD)
    wanted = ([word.lower().replace(" ", "_") for word in words] for words in theirs)
    return sum(own != words for own, words in zip(ours, wanted, strict=True))


def memory_table(source: Path) -> str:
    """What a process takes at most beyond the loaded segmenter, up to each eighth of many lines. Linux only."""
    peaks = _child(REMEMBER, source, MANY, BATCH)
    shown = [len(peaks) * part // 8 - 1 for part in range(1, 9)]
    header = ["distinct lines", *(f"{(place + 1) * BATCH:,}" for place in shown)]
    return table(
        header, [["peak memory beyond the loaded segmenter, MiB", *(f"{peaks[place]:.0f}" for place in shown)]]
    )


def run(articles: Path) -> None:
    """Measures everything and writes `segmentation.md`. Raises CorpusError."""
    pin()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "lines.json"
        source.write_text(json.dumps(draw(articles)), encoding="utf-8")
        race = race_table(source, folder)
        other = differing(folder)
        memory = memory_table(source)
    parts = [
        "# Word segmentation",
        NOTES.strip(),
        f"underthesea {version('underthesea')}, {LINES:,} lines.",
        race,
        f"Lines with other words than `word_tokenize` gives: {other} of {LINES:,}.",
        "## Memory of the cache",
        f"Lines made distinct by a number at the end, {BATCH:,} at a time.",
        memory,
    ]
    write_table("segmentation", "\n\n".join(parts))


def main() -> None:
    name = "python -m locbao.experiments.studies.segmentation_speed"
    parser = argparse.ArgumentParser(prog=name, description=__doc__)
    parser.add_argument("--articles", type=Path, required=True, help="articles to draw lines from")
    run(parser.parse_args().articles)


if __name__ == "__main__":
    with foreseen():
        main()
