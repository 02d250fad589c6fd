"""Topic corpora from material and labels: `python -m locbao.train.corpus.articles_from_material DATA -o OUT`.

`topics.jsonl`: the articles of `topics.tsv`. `sentences.jsonl`: single sentences of articles, pages and headlines that
were read for this, whose labels stand in `train/data/readings.tsv`, by the digest of the normalised sentence: the
texts stay where they are. No sentence of a labelled article is among them. The sentences of the example articles, whose
evidence is known, follow.

Ids of the material are not unique: 172 labelled ones belong to two or more articles. The label was given to the one
that its stratum was drawn for, so the one that names the topics most is taken; where two readers differ, they may have
read different articles, and the id is left out.
"""

import argparse
import csv
import hashlib
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path

from locbao.features.amounts import counted
from locbao.features.errors import LocbaoError
from locbao.features.text import normalise, normalise_lines, split_sentences
from locbao.train.corpus.corpus_files import Row, rows, write_rows
from locbao.train.corpus.topic_articles import TOPIC_EXAMPLES

READINGS = Path(__file__).parents[1] / "data" / "readings.tsv"
_DIGEST = 16  # hex digits
_NAMES = ("biên giới", "biên phòng", "cửa khẩu", "biển đông", "ma túy", "heroin", "cần sa", "cocain", "nghiện", "asean")


def labelled_articles(articles: Iterable[Row], labels: Path) -> Iterator[Row]:
    """The articles of `labels`, a tab-separated file, as rows of a topic corpus."""
    with labels.open(encoding="utf-8", newline="") as file:
        wanted = {row["id"]: row for row in csv.DictReader(file, delimiter="\t")}
    same_id: dict[str, list[Row]] = {}
    for article in articles:
        if article["id"] in wanted:
            same_id.setdefault(article["id"], []).append(article)
    for id, candidates in same_id.items():
        label = wanted[id]
        sure = label["sure"] == "1"
        if len(candidates) > 1 and label["readings"] != "1" and not sure:
            continue
        article = max(candidates, key=_mentions)
        yield {
            "id": id,
            "title": article["title"],
            "lead": article.get("lead") or "",
            "body": [paragraph for paragraph, _ in groupby(article["body"])],
            "topics": [topic for topic in topics() if label[topic] == "1"],
            "sure": sure,
            "origin": article["source"],
        }


def read_sentences(texts: Iterable[tuple[str, list[str]]]) -> Iterator[Row]:
    """The sentences of `texts`, pairs of an origin and lines, that have been read, as rows of a topic corpus."""
    with READINGS.open(encoding="utf-8", newline="") as file:
        readings = {row.pop("sentence"): row for row in csv.DictReader(file, delimiter="\t")}
    for origin, lines in texts:
        for line in lines:
            for sentence in [line] if origin == "headlines" else split_sentences(line):
                digest = hashlib.sha256(sentence.encode()).hexdigest()[:_DIGEST]
                reading = readings.pop(digest, None)
                if reading:
                    yield {
                        "id": digest,
                        "sentence": sentence,
                        "topics": [topic for topic, said in reading.items() if said == "1"],
                        "unknown": [topic for topic, said in reading.items() if said == "?"],
                        "origin": origin,
                    }


def example_sentences() -> Iterator[Row]:
    """The sentences of the example articles; which of several in a paragraph of evidence it is, nobody has said."""
    for path in sorted(TOPIC_EXAMPLES.glob("*.jsonl")):
        for _, article in rows(path):
            for number, text in enumerate(article["body"]):
                spoken = [topic for topic, places in article["evidence"].items() if number in places]
                sentences = split_sentences(normalise(text))
                carried, unknown = (spoken, []) if len(sentences) == 1 else ([], spoken)
                for place, sentence in enumerate(sentences):
                    id = f"{article['id']}/{number}/{place}"
                    yield {"id": id, "sentence": sentence, "topics": carried, "unknown": unknown, "origin": "examples"}


def topics() -> list[str]:
    """The topics of the readings."""
    return READINGS.read_text(encoding="utf-8").split("\n", 1)[0].split("\t")[1:]


def _texts(data: Path) -> Iterator[tuple[str, list[str]]]:
    for _, row in rows(data / "articles.jsonl.gz"):
        yield row["source"], normalise_lines([row["title"], row.get("lead") or "", *row["body"]])
    for _, row in rows(data / "pages.jsonl.gz"):
        yield "pages", normalise_lines([line["text"] for line in row["lines"]])
    for _, row in rows(data / "headlines.jsonl.gz"):
        yield "headlines", [". ".join(filter(None, (normalise(row["title"]), normalise(row["summary"] or ""))))]


def _mentions(article: Row) -> int:
    text = normalise(" ".join([article["title"], *article["body"]])).lower()
    return sum(text.count(name) for name in _NAMES)


def main() -> None:
    """Writes the two corpora."""
    parser = argparse.ArgumentParser(description="Writes the topic corpora that the shipped model is trained on.")
    parser.add_argument("data", type=Path, help="folder with the material")
    parser.add_argument("-o", "--output", type=Path, default=Path("out/topics"))
    args = parser.parse_args()
    material = (row for _, row in rows(args.data / "articles.jsonl.gz"))
    articles = labelled_articles(material, args.data / "topics.tsv")
    sentences = chain(read_sentences(_texts(args.data)), example_sentences())
    for name, written in ("topics", articles), ("sentences", sentences):
        path = args.output / f"{name}.jsonl"
        print(f"{path}: {counted(write_rows(path, written), 'row')}")


if __name__ == "__main__":
    try:
        main()
    except (LocbaoError, OSError) as error:
        sys.exit(f"Error: {error}")
