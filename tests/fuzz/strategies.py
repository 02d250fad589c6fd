"""What hypothesis writes: texts, pages, markup and rows of any kind; a test that needs such draws from these."""

import json
from typing import Any

from hypothesis import strategies as st

PAGE = "Trang chủ\n\nNước lũ dâng ở bản Nà\nMưa lớn suốt đêm, nước lũ ngập bản Nà, ông Lò Văn Páo kể.\nẢnh: Hoà Thuỷ\n"

_JSON = r'{ } [ ] , : " null true NaN -1 1e999 \ud800 \u0000 "id" "text" "html" "markdown" "lines" "url" "site"'
_MARKS = r"[ ]( ![ ]: ** __ ` ``` ~~ # > | |--- \ <http:// &amp; <br> * - 1."
WORDS: dict[str, str] = {
    "text": f"{_MARKS} Ảnh: ... http:// \u200b \u0301 &nbsp; &#160; \ufeff \r \u2028 \ufdd1 TP. “ ”",
    "html": (
        "<p> </p> <br> <div> </div> <a> </a> <table> <tr> <td> </table> <pre> <li> <ul> <img <figure> <noscript> "
        "<template </template> <script> <!-- --> <![CDATA[ <svg> <math> <select> <option> <frameset> <plaintext> "
        "hidden href=x alt= style='display:none' shadowrootmode=open <meta charset= &#0; &#x10ffff; &amp;"
    ),
    "markdown": f"{_MARKS} \n\n \ufdd1 \ufdd2",
    "json": _JSON,
    "json_lines": f"{_JSON} \n \r\n \ufeff",
    "manifest": f"{_JSON} name format files versions topics data labels digest sha256 size lines.joblib MODEL_CARD.md",
    "part": "numpy._core.numeric _frombuffer numpy dtype f4 f8 < > C F weights intercept",
    "toml": (
        "[ ]] [[ = . ''' { } inf nan true -1 1e308 1979-05-27 9223372036854775808 seed folds words families recipe "
        "title kind topics base grid repeat variants against rules when unless says iptc lines without sites"
    ),
    "corpus": f'{_JSON} "label" "body" "caption" "sidebar" "sure" "link" "kind" "style" "newspaper" http://',
    "layout": (
        "after: order: between: HEADLINE LEAD CONTENT SIGNATURE KICKER [ad] --- *3-6 * ? b> c> {headline} {date} ?0.5"
    ),
}
"""Words that each kind is written with, by spaces; for atheris as well."""

CHARACTERS = st.characters() | st.sampled_from(  # surrogates included
    "aàạăâđeêhoquyơưTHĐ 0123456789.,:;!?…“”\"'()[]|/-–@#&>\t\u00a0\u200b\u0301\u0323\n\r\u2028\ufeff\0😀中한"
)
TEXT = st.text(CHARACTERS, max_size=200)


def _made_of(pieces: list[str], between: str = "") -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces) | st.text(max_size=4), max_size=60).map(between.join)


_LINES = [*PAGE.split("\n"), "Tin liên quan", "https://bao.example/lu", "&nbsp;", "\u200b", "- ", "1.", "\ud800", "\r"]
WRAPPED = """Sáng nay bà con bản Nà đã dọn xong toàn bộ đất đá ở ngầm
tràn, rồi mới lên nương. Theo ông Lò Văn Páo, công an xã đã
khởi tố một người vận chuyển ma túy qua biên giới trong đêm,
[thu giữ hai mươi](/tin) nghìn viên &amp; một điện thoại ở
chòi rẫy.""".split("\n")
PAGES = _made_of(_LINES, "\n") | st.lists(st.just("\n".join(WRAPPED)) | _made_of(_LINES, "\n"), max_size=9).map(
    "\n".join
)
PAGES |= TEXT
"""Pages of plain text: lines of an article and of furniture among odd ones, also of fixed width."""

HTML = _made_of([*WORDS["html"].split(" "), ">", " ", "Một ", "\n", "class=a>", "\x0b"])
_CRAWLERS = [
    "\n---\n",
    "Title: a\n",
    "URL: http://a\n",
    "Markdown Content:\n",
    "[H1] ",
    "⟨3⟩",
    "****",
    "![a](b)",
    "===",
]
MARKDOWN = _made_of(
    [*WORDS["markdown"].split(" "), " ", "\n", "\r\n", ")", ' "', "[1]:", "/c '", "chữ ông ", *_CRAWLERS]
)

_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
_LINE = st.fixed_dictionaries({"text": TEXT}, optional={"label": _VALUES, "link": _VALUES, "sure": _VALUES}) | _VALUES
_ROW: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers() | TEXT | _VALUES,
        "text": PAGES | _VALUES,
        "html": HTML | _VALUES,
        "markdown": MARKDOWN | _VALUES,
        "lines": st.lists(_LINE, max_size=4) | _VALUES,
        "site": st.sampled_from(["https://www.bao.example/a", "http://[", "bao"]) | _VALUES,
        "url": _VALUES,
    },
)
ROWS = st.lists((_ROW | _VALUES).map(json.dumps) | st.text(max_size=20).map(lambda text: text.replace("\n", " ")))
"""Rows of JSON Lines, each as a string: pages, what looks like pages, other JSON and no JSON."""
