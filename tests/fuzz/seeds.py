"""Small inputs of every kind, invented: where fuzzing starts; and those that once broke a promise."""

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from locbao.predict.store import manifest as manifests
from locbao.predict.store.audit import dump
from tests.fuzz.strategies import PAGE, WRAPPED
from tests.predict.store.small_model import MANIFEST, parts

HTML = r"""<!doctype html><html><head><meta charset="utf-8"><title>Bản Nà</title></head><body>
<nav><ul><li><a href="/">Trang chủ</a></ul></nav><h1>Nước lũ dâng</h1><p>Mưa lớn &amp; nước lũ<br>suốt đêm.</p>
<figure><img alt="Cầu treo"><figcaption>Ảnh: Hoà Thuỷ</figcaption></figure>
<table><tr><td>Vàng<td>75 triệu</table><pre>a
 b</pre></body></html>"""

MARKDOWN = r"""[Trang chủ](/ "Về đầu") | [Thời sự](<https://bao.example/thoi-su>)

# Nước lũ dâng

![Cầu treo](/cau.jpg)
*Ảnh: Hoà Thuỷ*

**Mưa lớn** suốt đêm, `nước` ~~lũ~~ ngập [bản
Nà](/na(1)).

* [Tin](/1)
* > Tin &amp; ảnh

| Vàng | 75 |
|---|:-:|
| Đô | 25 |

```
a
```
[1]: https://bao.example
"""

ROWS = (
    {"id": 1, "text": PAGE, "site": "https://www.bao.example/a", "url": None},
    {"id": "b", "text": None, "html": HTML, "url": {"a": [1.5, True]}},
    {"id": "c", "markdown": MARKDOWN, "site": "bao"},
    {"id": "d", "lines": [{"text": "Trang chủ"}, {"text": "Nước lũ dâng ở bản Nà"}]},
)
_JSON_LINES = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in ROWS)

_CORPUS = {
    "id": "lu",
    "site": "bao.example",
    "style": "full",
    "lines": [
        {"text": "Trang chủ", "label": "sidebar", "link": 1},
        {"text": "", "label": None},
        {"text": "Nước lũ dâng ở bản Nà", "label": "body", "kind": "title", "sure": False},
    ],
}

_LAYOUT = r"""# Báo
after: bao.example
order: nav date? HEADLINE LEAD CONTENT SIGNATURE related?0.7
between: ad

[nav]
Trang chủ
---
{section} | {weekday}
[date]
{date} {time}
[related]
*3-6 {headline}
*
* {teaser}
[ad]
? c> {caption}
\*
"""

_TOML = (
    """folds = 2
composed = 10
families = ["marks"]
[recipe]
whole_page = 0.5
main_tail = [1, 2]
""",
    """tokens = "both"
phrase = 2
strength = 2.5
target_precision = 0.9
""",
    '''iptc = ["medtop:1"]
[words]
lu = "lũ quét, nước lũ"
"bóng đá" = """
bóng đá, đội"""
[[rules]]
says = "yes"
when = ["lu"]
unless = ["bóng đá"]
''',
    """title = "Lũ"
kind = "lines"
against = "a"
[base]
folds = 2
[variants]
a = {}
b = { viterbi = true }
[grid]
words = [1, 2]
[repeat]
seed = [0x1, 2]
""",
)


def _table(compression: str, **columns: pa.Array) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, row_group_size=2, compression=compression)
    return file.getvalue()


_COLUMNS = {
    "id": pa.array(["a", "b", None]),
    "text": pa.array(["Trang chủ\nNước lũ", None, "a"]),
    "html": pa.array([None, b"<p>Tin", b"\xff"]),
}

_WARNED_OF = b"c\\"  # begins a string with an escape that Python warns of

SEEDS: dict[str, list[bytes]] = {
    "text": [
        PAGE.encode(),
        *("\n".join([*WRAPPED, ""] * 4).replace("\n", end).encode() for end in ("\n", "\r\n\r\n")),
        MARKDOWN.encode(),
        HTML.encode(),
        PAGE.encode("utf-16"),
        PAGE.encode("cp1258", "replace"),
    ],
    "html": [
        HTML.encode(),
        HTML.encode("utf-16"),
        HTML.replace("utf-8", "windows-1258").encode("cp1258", "replace"),
        b"\xff\xfe\x00\xd8",
        b"<meta charset=utf-16><p>x",
    ],
    "markdown": [MARKDOWN.encode()],
    "json": [json.dumps(ROWS).encode(), json.dumps(ROWS[0]).encode(), b'{"id": 1, "html": "\\ud800<p>"}'],
    "json_lines": [_JSON_LINES, gzip.compress(_JSON_LINES, mtime=0), zstandard.ZstdCompressor().compress(_JSON_LINES)],
    "parquet": [
        _table("none", **_COLUMNS),
        _table("zstd", **_COLUMNS, url=pa.array([[1], [], None]), site=pa.array(["x", "y", "x"]).dictionary_encode()),
        _table("none", **_COLUMNS).replace(b"html", b"\x80tml"),
        b"fext".join(_table("none", id=pa.array([1]), text=pa.array(["a"])).rsplit(b"text", 1)),
        _table("snappy", id=pa.array([1, 2, 3]), markdown=pa.array([MARKDOWN] * 3, pa.large_string())),
    ],
    "manifest": [manifests.seal({**MANIFEST, "format": 1, "versions": {"python": "3.11"}, "data": []})[1]],
    "part": [*(dump(part, name) for name, part in parts().items()), _WARNED_OF + dump([1], "a")[len(_WARNED_OF) :]],
    "schema": [bytes(range(0, 255, 7)), b"\0\1\2", b"INTUG.a"],
    "toml": [text.encode() for text in _TOML],
    "corpus": [json.dumps(_CORPUS).encode()],
    "layout": [_LAYOUT.encode()],
}
