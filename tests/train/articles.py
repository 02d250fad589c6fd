"""Small corpora of topics: articles, and the files they stand in."""

import json
from pathlib import Path
from typing import Any

TOPICS = ("asean", "border_security", "drug_crime")
"""What the example articles are about."""

FLOOD = "Lũ về trong đêm cuốn trôi cây cầu treo và sáu nóc nhà của bản Nà {}."
QUIET = "Sáng nay chợ phiên ở bản Nà {} họp sớm hơn mọi năm vì trời hửng nắng."


def row(number: int, text: str, *topics: str, **more: Any) -> dict[str, Any]:
    known = {"id": f"tin-{number}", "title": f"Tin số {number}", "body": [text.format(number)]}
    return known | {"topics": [*topics]} | more


def floods(folder: Path, count: int) -> Path:
    """A corpus of as many articles with the topic `flood` as without."""
    rows = [row(n, QUIET if n % 2 else FLOOD, *([] if n % 2 else ["flood"])) for n in range(2 * count)]
    return written(folder, *rows)


def written(folder: Path, *rows: dict[str, Any], name: str = "corpus.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows), encoding="utf-8")
    return path
