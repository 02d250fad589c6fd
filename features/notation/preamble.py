"""What crawlers and their scripts write above a page: its address and title, and when they fetched it.

    Title: Chợ nổi họp lại - Báo Làng      ---                        # Chợ nổi họp lại
    URL Source: https://bao.vn/cho-noi     title: Chợ nổi họp lại
    Markdown Content:                      url: https://bao.vn/…      - **URL:** https://bao.vn/cho-noi
                                           ---                        - **Crawl lúc:** 2026-08-04

No reader of the page saw such lines, and a title among them is not the article's headline.
"""

import re
import unicodedata
from collections.abc import Sequence

_ADDRESSES = frozenset(
    "url|url source|source url|source|link|original url|canonical|canonical url|permalink|nguồn|đường dẫn|liên kết|"
    "link gốc|địa chỉ url".split("|")
)
_NAMES = _ADDRESSES | frozenset(
    "title|tiêu đề|description|mô tả|author|authors|tác giả|site|sitename|site name|hostname|domain|language|lang|"
    "image|date|datetime|published|published at|published time|published date|publish date|modified|updated|"
    "crawled|crawled at|crawl date|crawl time|crawl lúc|scraped|scraped at|fetched|fetched at|retrieved|retrieved at|"
    "timestamp|ngày|ngày đăng|ngày crawl|thời gian crawl|query|truy vấn|category|categories|chuyên mục|tags|keywords|"
    "từ khóa|id|fingerprint|warning|number of pages|status|status code|word count|content type".split("|")
)
_CONTENT = frozenset(("markdown content", "content with tag", "content with tags"))  # nobody else writes these
_ANY_CONTENT = _CONTENT | {"content", "nội dung"}
_NAME = r"[^\W\d_][\w \u0300-\u036f]{1,29}+"  # in NFC or NFD
_FIELD = re.compile(rf"\ufeff?[ \t]*+(?:[-*+][ \t]++)?(?:\*\*)?({_NAME})(?:\*\*:|:\*\*|:)[ \t]*(.*)")
_ADDRESS = re.compile(r"<?https?://\S+>?|\[[^\]]*\]\(https?://\S+\)")
_RULE = re.compile(r"\ufeff?---[ \t]*")
_YAML = re.compile(r"(?:([A-Za-z][\w:.-]*):(?: .*)?|[ \t]+.*|- .*|#.*|[ \t]*)")


def preamble(lines: Sequence[str]) -> frozenset[int]:
    """The indices of the lines of a page that a crawler has written above it, few or none; blank ones may be among
    them.

    They are front matter of YAML with a field that crawlers name so, or such fields alone, down to the first line that
    is none of them: one must be an address, or say that the content follows. The title above them is one of theirs if
    the page says it again.

    >>> sorted(preamble(["Title: Chợ nổi", "URL: https://bao.vn/cho-noi", "", "Chợ nổi", "Sáng 5/3, chợ họp."]))
    [0, 1]
    """
    first = next((index for index, line in enumerate(lines) if line.strip("\ufeff \t")), len(lines))
    if first < len(lines) and _RULE.fullmatch(lines[first]) and (end := _front_matter_end(lines, first + 1)):
        return frozenset(range(first, end))
    if end := _fields_end(lines, first):
        return frozenset(range(first, end))
    end = _fields_end(lines, first + 1)
    title = lines[first].strip("\ufeff# -\t") if end else ""  # "" of a rule that opens front matter without an end
    return frozenset(range(first + (title not in "\n".join(lines[end:])), end))


def _front_matter_end(lines: Sequence[str], start: int) -> int:
    """Where the front matter has ended whose first field is at `start`; 0 if it is none."""
    named = False
    for index in range(start, len(lines)):
        if _RULE.fullmatch(lines[index]):
            return index + 1 if named else 0
        field = _YAML.fullmatch(lines[index])
        if not field:
            return 0
        named = named or (field[1] or "").replace("_", " ").casefold() in _NAMES
    return 0


def _fields_end(lines: Sequence[str], start: int) -> int:
    """Where the fields that begin at `start`, or below blank lines there, have ended; 0 if none of them is certain."""
    end, certain = 0, False
    for index in range(start, len(lines)):
        line = lines[index]
        if not line.strip():
            continue
        field = _FIELD.fullmatch(line)
        if not field:
            break
        name, value = unicodedata.normalize("NFC", field[1]).strip().casefold(), field[2].strip()
        if name in _ANY_CONTENT and not value:
            return index + 1 if certain or name in _CONTENT else 0
        if name not in _NAMES:
            break
        certain = certain or (name in _ADDRESSES and _ADDRESS.fullmatch(value) is not None)
        end = index + 1
    return end if certain else 0
