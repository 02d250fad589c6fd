"""Markdown as crawlers write it, line by line as plain text: what crawl4ai, html2text, turndown (Jina), Firecrawl and
markdownify make of a page.

Such Markdown is broken in ways of its own: links over several lines, brackets in their texts, parentheses, spaces and
line ends in their addresses. It is therefore read with patience, and a line stays a line whatever stands in it. Work
and memory are linear in the text: patterns give nothing back that they took (possessive quantifiers).
"""

import re
import unicodedata
from bisect import bisect_right

from locbao.features.notation.elements import HEADING, PICTURE, TEXT
from locbao.features.notation.preamble import preamble
from locbao.features.text import split_lines, unescape

# Most addresses and the links around them are plain enough to be passed over at once.
_PLAIN = r"""\((?:[a-z]++:|/)[^\s()\\<>]*+(?: "[^"\n\]]*+")?+\)"""
_PLAIN_LINK = rf"\[(?:[^\[\]\\\n]*+\]{_PLAIN})?+"
_TOKEN = re.compile(rf"\\[!-/:-@\[-`{{-~]|{_PLAIN_LINK}|!{_PLAIN_LINK}|\](?:{_PLAIN}|\(?)")

# What follows `](`. An address may hold pairs of parentheses, and html2text breaks lines after a hyphen in it.
_BROKEN = r"(?<=[-/?&=])\n(?=[^\s\[\]#*>|\"'])"
_PIECE = rf"(?:[^\s()\\<>]++|\\.|{_BROKEN})"
_INNER = rf"\({_PIECE}*+(?:\({_PIECE}*+\){_PIECE}*+)*+\)"
_QUOTED = r"{0}(?:[^{0}\n\]]++|{0}(?![ \t]*\))|\](?!\()|\n(?!\s*\n))*+{0}"  # quotes in it are common
_QUOTES = "|".join(_QUOTED.replace("{0}", quote) for quote in "\"'")
_TITLE = rf"(?:[ \t]*+\n?+[ \t]*+(?:{_QUOTES}))?+"
_ADDRESS = re.compile(
    rf"\s?[ \t]*+(?P<address><[^<>\n]*+>|{_PIECE}*+(?:{_INNER}{_PIECE}*+)*+){_TITLE}[ \t]*+\)", re.ASCII
)
_WITH_SPACES = re.compile(rf"[ \t]*+(?P<address>[^()\n\"\]]*+(?:\([^()\n\"\]]*+\)[^()\n\"\]]*+)*+){_TITLE}[ \t]*+\)")
_CUT_OFF = re.compile(r"[ \t]*+(?P<address>[^\s\[\]]*+)[ \t]*+(?=\n|$)")
_SCHEME = re.compile(r"<?(?:[a-zA-Z][a-zA-Z0-9+.-]*:|[/#?]|\.{1,2}/|www\.)")
_LIKE_ADDRESS = re.compile(r"[./:#?=&_%]|\w-\w")

_Edit = tuple[int, int, str]  # start, end, what stands there instead
_FARTHEST = 40  # lines that the text of a link may go over

_BEGIN, _END = "\ufdd1", "\ufdd2"  # stand where a link begins or ends; no characters of any text (noncharacters)
_EDGE = f"[{_BEGIN}{_END}]"
_LINK_EDGE = re.compile(f"({_EDGE})")
_BETWEEN_WORDS = re.compile(rf"{_EDGE}(?:{_EDGE}+|(?<=\w.)(?=\w))")

_ELEMENT = r"\[(?:P|LI|H[1-6]|TD|TH|DIV|SPAN|BLOCKQUOTE|FIGCAPTION)\](?:[ \t]++|$)"  # as scripts write whose text it is
_BLOCK_MARKS = re.compile(rf"[ \t]*+(?:[*+-](?:[ \t]++|$)|#{{1,6}}(?:[ \t]++|$)|>(?:[ \t]++|$)|{_ELEMENT})++")
_TITLE_MARKS = re.compile(r"[ \t]*+(?:#|\[H1\])[ \t]")
_TITLE_RULE = re.compile(r"={3,}[ \t]*")  # below a title, as Jina and markdownify write it
_PICTURE_BEGINS = re.compile(r"[\s>*+|_-]*+!\[[^\]\w]*+\w")  # not an emoji
_TITLE_PICTURE = re.compile(r"[ \t]*+#?[ \t]*+!\[[^\[\]]*+\](?:\([^()]*+\))?[ \t]*")  # alone, as a logo is
_INDENT = re.compile(r"[ \t]*+")
_LINKED_HEADING = re.compile(rf"({_EDGE}+)[ \t]*#{{1,6}}[ \t]+")
_CLOSING_HASHES = re.compile(r"[ \t]#+[ \t]*$")
_MARKS_ALONE = re.compile(rf"[\s\[\]*_=|:+~`#>\\{_BEGIN}{_END}-]*")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)[\w+-]*[ \t]*")
_DEFINITION = re.compile(
    r"[ \t]*(?:\[[^\[\]]+\]:[ \t]*<?(?:[a-z][a-z+.-]*:|/|#|www\.)\S*(?:[ \t]+[\"'(].*)?|⟨\d+⟩ .*)", re.I
)
# crawl4ai can put numbers behind the texts of links, and list the addresses at the end of the page.
_CITATION = re.compile(r"[ ]?⟨\d+⟩")
_CITED_PICTURE = re.compile(r"!\[([^\[\]]*+)\](?<=⟩\])")
_REFERENCE = re.compile(r"(?<=\])[ ]?\[\d{1,4}\]")
_TABLE_RULE = re.compile(r"[ \t]*+\|?+[ \t]*+:?+-++:?+[ \t]*+(?:\|[ \t]*+:?+-*+:?+[ \t]*+)++")
_WIDE_CELL_END = re.compile(r"(?<![ \t])[ \t]{2,}+\|(?:[ \t]{2,}+|[ \t]*+$)")  # as html2text sets them
_CELL_END = re.compile(r"(?<!\\)\|")
_TAG = re.compile(
    r"</?(?:a|b|br|center|div|em|figcaption|figure|font|h[1-6]|hr|i|iframe|img|input|li|ol|p|s|small|source|span|strong"
    r"|sub|sup|svg|table|tbody|td|th|thead|tr|u|ul|video)(?:\s[^<>]*+)?>|<!--[^<>]*+-->",
    re.I,
)
_AUTOLINK = re.compile(r"<((?:https?|ftp|mailto):[^\s<>]++)>", re.I)
_CODE = re.compile(r"(?<!`)`([^`]++)`(?!`)")
_STRUCK = re.compile(r"~~([^~]++)~~")
_EMPHASIS = re.compile(r"\\.|\*++|_++")
# Where bold type changes within a word: `**C****ầ****n (****2026****)**`.
_CUT_WORD = re.compile(r"[^\W\d_]++(?:\*{4}[^\W\d_]++)++|(?<=\()\*{4}|\*{4}(?=[).,:;?!])")
_VOWEL = "[aeiouy][\u0302\u0306\u031b]?"
_SYLLABLE = re.compile(rf"[bcdđghklmnpqrstvx]{{0,3}}(?:{_VOWEL}){{1,3}}(?:[cmpt]|ch|n[gh]?)?")  # without its tone
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_PICTURE_NUMBER = re.compile(r"Image \d+(?:: |$)")  # Jina numbers pictures
_INLINE = (  # a mark, the pattern that it stands in, and what stays of that
    ("<", _AUTOLINK, rf"{_BEGIN}\1{_END}"),
    ("<", _TAG, " "),
    ("`", _CODE, r"\1"),
    ("~~", _STRUCK, r"\1"),
    ("⟩]", _CITED_PICTURE, r" \1 "),
    ("⟩", _CITATION, ""),
    ("][", _REFERENCE, ""),
    ("] [", _REFERENCE, ""),
)
_SPACES = re.compile(r"[ \t]{2,}")
_MARKS = rf"\[\]*_`~|\\<&#>⟩{_BEGIN}{_END}"
_MARKED = re.compile(f"[{_MARKS}]")
_ONE_LINK = re.compile(  # most lines with a mark
    rf"(?:{_BLOCK_MARKS.pattern})?+[ \t]*+{_BEGIN}([^\w{_MARKS}]*+[^\W_{_MARKS}][^{_MARKS}]*+){_END}[ \t]*+"
)
_BEGINS_MARKED = re.compile(r"\s*[*+=-]")

# Signs by which a page shows that it is Markdown.
_LINK = re.compile(r"\]\((?:<?(?:https?:|/|javascript:|mailto:|#)|data:)")
_TOP_HEADING = re.compile(r"^# +\S", re.M)
_HEADING = re.compile(r"^#{2,6} +\S", re.M)
_BOLD = re.compile(r"\*\*[^\s*][^*\n]*+\*\*")
_ELEMENT_MARK = re.compile(f"^{_ELEMENT}", re.M)
_ENOUGH = 3
_TOP = 5_000  # characters, of which a preamble shows that it is one


def is_markdown(text: str) -> bool:
    """Whether a page shows the marks of a crawler's Markdown often enough: three points of links and pictures (two
    each), lower headings, bold texts and names of elements such as `[LI] ` (one each) and a heading of the first level
    (one, however many). A crawler's preamble is enough.

    List marks, numbers, lone brackets, `*` and `#hashtags` are no sign: plain text has them too.
    """
    points = int("# " in text and _TOP_HEADING.search(text) is not None)
    for pattern, worth, needed in ((_LINK, 2, "]("), (_HEADING, 1, "## "), (_BOLD, 1, "**"), (_ELEMENT_MARK, 1, "] ")):
        if needed in text:
            for _ in pattern.finditer(text):
                points += worth
                if points >= _ENOUGH:
                    return True
    return bool(preamble(split_lines(text[:_TOP])))


def markdown_text(markup: str) -> str:
    r"""The plain rendering of a page of Markdown: as many lines, in the same order, without their marks.

    Texts of links and alternative texts of pictures stay, addresses and titles go, as do marks of headings, lists,
    quotes and emphasis, escapes and entities; a row of a table is its cells. A line of marks alone,
    or of a crawler's preamble, becomes blank. Raises TypeError if `markup` is no str.

    >>> print(markdown_text("# [Tin mới](/tin-moi)\n![](logo.png)\n**Sáng 5/3**, *bà con* ra đồng."))
    Tin mới
    <BLANKLINE>
    Sáng 5/3, bà con ra đồng.
    """
    if not isinstance(markup, str):
        raise TypeError(f"Markdown is a str, not {type(markup).__name__}: decode bytes first.")
    return "\n".join(markdown_lines(split_lines(markup))[0])


def markdown_lines(lines: list[str]) -> tuple[list[str], list[float], list[int]]:
    """The plain rendering of each line of a page, "" for those of marks alone and of a crawler's preamble; the share
    of it that is link text, 0 to 1, spaces aside; and its element (see `features.notation.elements`)."""
    if above := preamble(lines):
        lines = ["" if number in above else line for number, line in enumerate(lines)]
    text = "\n".join(line.replace("\n", " ") for line in lines).replace(_BEGIN, "\ufffd").replace(_END, "\ufffd")
    unlinked = _without_links(text).split("\n") if "[" in text or "](" in text else text.split("\n")
    table = _table_rows(unlinked) if "|" in text else frozenset[int]()
    plain, shares, elements, depth = [], [], [], 0  # how many links are open
    below = [*unlinked[1:], ""]
    for number, line in enumerate(unlinked):
        rendered, linked, depth = _rendered(line, number in table, depth)
        plain.append(rendered)
        shares.append(linked)
        if _TITLE_MARKS.match(line) or (below[number].startswith("===") and _TITLE_RULE.fullmatch(below[number])):
            elements.append(PICTURE if "![" in lines[number] and _TITLE_PICTURE.fullmatch(lines[number]) else HEADING)
        else:
            elements.append(PICTURE if "![" in lines[number] and _PICTURE_BEGINS.match(lines[number]) else TEXT)
    return plain, shares, elements


def hidden_runs(line: str) -> list[tuple[int, int]]:
    """Where in a raw line addresses with their titles, numbers of pictures and links, tags and names of elements stand,
    which its plain rendering leaves out with all their letters; as far as the line alone tells."""
    runs = [match.span() for pattern in (_TAG, _CITATION, _REFERENCE) for match in pattern.finditer(line)]
    if marks := _BLOCK_MARKS.match(line):
        runs.append((0, marks.end()))
    runs += [(match.end() - len(match[1]), match.end()) for match in re.finditer(r"!\[(Image \d+(?:: )?)", line)]
    for match in re.finditer(r"\]\(", line):
        if end := _address_end(line, match.end()):
            runs.append((match.start(), end))
    return sorted(runs)


def _without_links(text: str) -> str:
    """The text with links and pictures as their texts, and as many lines.

    Brackets are matched over the whole text. One that no link's end belongs to stays, but at the edge of a line.
    """
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    edits: list[_Edit] = []
    open_: list[tuple[int, int, bool]] = []  # brackets: start, line, whether of a picture
    closed: list[tuple[int, int]] = []  # brackets that were closed without an address: start, line
    seen_lines: set[int] = set()
    position = 0
    while match := _TOKEN.search(text, position):
        token, (start, position) = match[0], match.span()
        if token.endswith("["):
            open_.append((start, bisect_right(starts, start), token == "!["))
        elif token.startswith(("[", "!")):
            edits += _link_edits(text, start, start + token.index("]"), position, token.startswith("!"))
        elif token.startswith("]"):
            end = _address_end(text, position) if token == "](" else position if len(token) > 1 else None
            line = bisect_right(starts, start)
            while open_ and line - open_[-1][1] > _FARTHEST:
                open_.pop()
            if end is None:
                if open_:
                    opening, on_line, _ = open_.pop()
                    closed.append((opening, on_line))
                continue
            position = end
            picture = False
            if closed and closed[-1][1] == line and not (open_ and open_[-1][1] == line):
                opening, _ = closed.pop()  # `[a ] b](address)`: the text of the link holds a bracket that nothing opens
            elif open_:
                opening, _, picture = open_.pop()
            else:
                edits.append(_link_edits(text, start, start, end, False)[1])
                continue
            edits += _link_edits(text, opening, start, end, picture)
    for opening, on_line, picture in open_:
        end = opening + 1 + picture
        begins = on_line not in seen_lines and opening == _edge(text, starts[on_line - 1])
        seen_lines.add(on_line)
        if begins or text[end : end + 1] in ("", "\n"):  # where only broken links leave one
            edits.append((opening, end, ""))
    return _edited(text, edits)


def _link_edits(text: str, opening: int, closing: int, end: int, picture: bool) -> tuple[_Edit, _Edit]:
    """What leaves the text of a link or picture alone: its brackets are at `opening` and `closing`, its address ends
    at `end`."""
    begun = opening + 1 + picture
    if picture and (number := _PICTURE_NUMBER.match(text, begun, closing)):
        begun = number.end()
    begins, ends = (" ", " ") if picture else (_BEGIN, _END)
    return (opening, begun, begins), (closing, end, ends + "\n" * text.count("\n", closing, end))


def _address_end(text: str, start: int) -> int | None:
    """Where the address that begins at `start`, after `](`, has ended with its title and parenthesis; None if there is
    no address."""
    if (match := _ADDRESS.match(text, start)) and _is_address(match["address"]):
        return match.end()
    if not (_SCHEME.match(text, start) or text.startswith(" ", start)):
        return start if text.startswith("\n", start) or start == len(text) else None
    if (match := _WITH_SPACES.match(text, start)) and _SCHEME.match(match["address"]):
        return match.end()
    if (match := _CUT_OFF.match(text, start)) and _SCHEME.match(match["address"]):
        return match.end()
    return None


def _is_address(address: str) -> bool:
    return not address or bool(_SCHEME.match(address) or _LIKE_ADDRESS.search(address))


def _edge(text: str, start: int) -> int:
    """Where the line that begins at `start` goes on after its marks and spaces."""
    marks = _BLOCK_MARKS.match(text, start)
    space = _INDENT.match(text, marks.end() if marks else start)
    return space.end() if space else start


def _edited(text: str, edits: list[_Edit]) -> str:
    pieces, done = [], 0
    for start, end, instead in sorted(edits):
        pieces.append(text[done:start])
        pieces.append(instead)
        done = end
    pieces.append(text[done:])
    return "".join(pieces)


def _table_rows(lines: list[str]) -> frozenset[int]:
    """The numbers, from 0, of lines that are rows of a table with a rule below its head."""
    rows: set[int] = set()
    inside = False
    for number, line in enumerate(lines):
        if "|" in line and _TABLE_RULE.fullmatch(line):
            inside = True
            if number and "|" in lines[number - 1]:
                rows.add(number - 1)
        elif inside and "|" in line:
            rows.add(number)
        else:
            inside = False
    return frozenset(rows)


def _rendered(line: str, in_table: bool, depth: int) -> tuple[str, float, int]:
    """A line whose links are edges alone as plain text, its share of link text, and how many links are open after it;
    `depth`: before it."""
    if not line or not (_MARKED.search(line) or _BEGINS_MARKED.match(line)):
        return line.strip(" \t"), float(depth > 0), depth
    if not depth and (link := _ONE_LINK.fullmatch(line)):
        text = link[1].strip()
        if text.isprintable() and "  " not in text:
            return text, 1.0, 0
    if _MARKS_ALONE.fullmatch(line) or _FENCE.fullmatch(line) or _DEFINITION.fullmatch(line):
        return "", 0.0, _link_share(line, depth)[1]
    line = _without_cells(_without_block_marks(line), in_table)
    for mark, pattern, instead in _INLINE:
        if mark in line:
            line = pattern.sub(instead, line)
    if "****" in line:
        line = _CUT_WORD.sub(_uncut, line)
    if "*" in line or "_" in line:
        line = _without_emphasis(line)
    share, depth = _link_share(line, depth)
    if _BEGIN in line or _END in line:
        line = _BETWEEN_WORDS.sub(" ", line).replace(_BEGIN, "").replace(_END, "")
    line = line.rstrip().rstrip("\\")  # which breaks a line at its end
    if "\\" in line:
        line = _ESCAPE.sub(r"\1", line)
    line = unescape(line)
    if "  " in line or not line.isprintable():  # tabs and ends of lines are not
        line = _SPACES.sub(" ", " ".join(line.splitlines()))
    line = line.strip()
    return ("", 0.0, depth) if _MARKS_ALONE.fullmatch(line) else (line, share, depth)


def _link_share(line: str, depth: int) -> tuple[float, int]:
    """The share of a line that stands in links, spaces aside, and how many are open after it; `depth`: before it."""
    if _BEGIN not in line and _END not in line:
        return float(depth > 0), depth
    linked = total = 0
    for part in _LINK_EDGE.split(line):
        if part == _BEGIN:
            depth += 1
        elif part == _END:
            depth = max(depth - 1, 0)
        elif part:
            length = len("".join(part.split()))
            total += length
            linked += length * (depth > 0)
    return linked / max(total, 1), depth


def _without_block_marks(line: str) -> str:
    if marks := _BLOCK_MARKS.match(line):
        if "#" in marks[0]:
            line = _CLOSING_HASHES.sub("", line)
        line = line[marks.end() :]
    return _LINKED_HEADING.sub(r"\1", line) if "#" in line and line.startswith((_BEGIN, _END)) else line


def _without_cells(line: str, in_table: bool) -> str:
    """The cells of a row of a table side by side; other lines as they are."""
    if "|" in line and (in_table or line.lstrip().startswith("|")):
        return " ".join(cell.strip() for cell in _CELL_END.split(line) if cell.strip())
    return _WIDE_CELL_END.sub(" ", line) if "  |" in line else line


def _uncut(match: re.Match[str]) -> str:
    """The pieces of a word together if they make one syllable, as they are if not: the space between words is lost."""
    word = match[0].replace("****", "")
    bare, tones = _TONE.subn("", unicodedata.normalize("NFD", word.lower()))
    whole = tones <= 1 and (word[1:].islower() or word.isupper()) and _SYLLABLE.fullmatch(bare)
    return word if whole or not word else match[0]


def _without_emphasis(line: str) -> str:
    """The line without the marks of emphasis: those that begin at a word and end at one, and `**` in pairs or at an
    edge of the line, which crawlers leave behind. `5 * 3`, `a_b` and `(*)` stay."""
    open_: dict[str, list[tuple[int, int]]] = {"*": [], "_": []}  # start and length of runs that may begin emphasis
    edits: list[_Edit] = []
    for match in _EMPHASIS.finditer(line):
        run, start, end = match[0], match.start(), match.end()
        mark, length = run[0], len(run)
        if mark == "\\" or length > 4:
            continue
        if length > 2 and not start and line[end : end + 1] == " ":  # `** text**` of a text that begins with `*`
            length, end = 2, 2
        before, after = line[start - 1 : start] or " ", line[end : end + 1] or " "
        inside_word = mark == "_" and before.isalnum() and after.isalnum()
        opens = not after.isspace() and not (mark == "_" and before.isalnum())
        closes = not before.isspace() and not (mark == "_" and after.isalnum())
        waiting = open_[mark]
        if length == 4:  # one bold text ends, and another begins
            if waiting:
                edits.append((start, end, " "))
            continue
        if mark == "_" and length == 2 and waiting and waiting[-1][1] == 1 and not before.isspace():
            edits.append((start, end, " "))
            continue
        if waiting and not inside_word and (closes or (length == waiting[-1][1] == 2)):
            while length and waiting:
                begun, size = waiting.pop()
                used = min(size, length)
                edits += [(begun + size - used, begun + size, ""), (end - length, end - length + used, "")]
                length -= used
                if size > used:
                    waiting.append((begun, size - used))
                    break
        if length and not inside_word and (opens or length == 2):
            waiting.append((end - length, length))
    for start, length in (run for runs in open_.values() for run in runs):
        if length >= 2 and (not line[:start].strip() or not line[start + length :].strip()):
            edits.append((start, start + length, ""))
    return _edited(line, edits) if edits else line
