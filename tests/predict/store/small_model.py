"""The smallest model that has all parts: it loads, and knows next to nothing."""

from typing import Any

import numpy as np

from locbao.features.lines.design import Design, SecondDesign

GRAMS = ("ảnh", "^ theo", "chia sẻ", "0")
MANIFEST = {
    "name": "small",
    "labels": ["body", "caption", "sidebar"],
    "scores": {"f1": np.float32(0.5)},
    "topics": {"flood": {"data": []}},
}


def parts(**lines: Any) -> dict[str, Any]:
    """The parts, new ones each time; `lines` are changes to the part of that name."""
    width, more = Design(["marks"], GRAMS, context=True).width, SecondDesign(context=True).width
    random = np.random.default_rng(7)

    def linear(columns: int) -> dict[str, Any]:
        return {"weights": random.random((columns, 3), dtype=np.float32), "intercept": np.zeros(3, dtype=np.float32)}

    return {
        "lines": {
            "families": ["marks"],
            "context": True,
            "grams": "\n".join(GRAMS),
            "first": linear(width),
            "second": linear(width + more),
            "temperature": 1.5,
            "headline": np.arange(10.0),
            "links": np.arange(11.0),
            **lines,
        },
        "site": {"steps": [0.1, 0.5], "weights": np.array([1.0, 2.0])},
        "topics": {
            "tokens": "syllables",
            "topics": {
                "flood": {
                    "phrases": "lũ\nnước lũ\nmưa lớn",
                    "words": {"water": "lũ quét\nngập", "sport": "bóng đá"},
                    "rules": [["yes", ["water"], ["sport"]]],
                    "iptc": ["medtop:20000151"],
                    "weights": np.linspace(-1, 1, 6, dtype=np.float32),
                    "intercept": -1.0,
                    "article": [0.5, 0.2, 0.1, -0.3],
                    "article_intercept": 0.5,
                    "threshold": 0.4,
                }
            },
        },
    }
