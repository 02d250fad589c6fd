"""HTML as the lines a reader sees, in page order: one block of the page a line.

What becomes a line, and where blank lines stand, follows the pages that the line model has learned from, and those the
margins of a browser without the site's style sheet: around paragraphs, headings, lists and figures.
"""

import re
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

from locbao.features.notation.elements import HEADING, PICTURE, TEXT
from locbao.features.text import split_lines
from locbao.predict.reading.items import Unusable

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_GAP = frozenset("blockquote dir dl figure h1 h2 h3 h4 h5 h6 hr listing menu ol p pre ul xmp".split())
_BLOCK = _GAP | frozenset(
    "address article aside body caption center dd details dialog div dt fieldset figcaption footer form header hgroup "
    "legend li main nav optgroup option search section summary table tbody tfoot thead tr".split()
)
# Never text on the screen: what a browser runs, embeds or hides, and what it shows only where it cannot do that.
_UNSEEN = frozenset(
    "applet area audio base basefont canvas datalist embed frame frameset head iframe link meta noembed noframes "
    "noscript object param rp script source style svg template textarea title track video".split()
)
_CELL = frozenset(("td", "th"))
_BOX = frozenset("button img input meter progress".split())  # stands between words, and not in one
_APART = _BOX | {"a", "label", "time"}  # style sheets set them apart where no space does
_PICTURE = frozenset(("amp-anim", "amp-img", "img"))
_PREFORMATTED = frozenset(("listing", "pre", "xmp"))
_ENDING = _BLOCK | _CELL | _BOX | _PICTURE | {"br"}  # end a line or a word
_FORMING = _ENDING | {"a"}
_PLAIN_BLOCK = _BLOCK - _GAP - {"tr"}  # only end the open line, and make lines of a row's cells
_MAY_BE_HIDDEN = '[hidden], [style*="display" i], [style*="visibility" i], dialog, [fallback], [placeholder]'
_VISIBILITY = re.compile(r"(?:^|;)\s*+(display|visibility)\s*+:\s*+([a-z-]++)\s*+(!\s*+important\s*+)?(?=;|$)")
# At each tag the parser may look through all elements that are open (HTML standard, "in button scope"), which comes to
# this at 20,000 nested ones, a second or two of work; at a million it would take hours.
_STEPS = 200_000_000
_TAG = re.compile(r"<(\\?/)?([a-z][a-z0-9-]*)(?=[\s/>])", re.I)  # `<\/` ends elements in the strings of scripts
_NOT_NESTED = frozenset(  # without content, or ended by the next of their kind
    "area base body br col embed head hr html img input link meta source track wbr "
    "a button dd dt li nobr option p rp rt tbody td tfoot th thead tr".split()
)
# A formatting element that stays open is opened again in every paragraph after it, and at each option of a <select> the
# parser goes through all: an unknown element costs neither, and has the same lines. Attributes of a second <body> are
# added to those of the first; an end tag has none.
_COSTLY = re.compile(  # looks two letters ahead: most tags are others
    rb"<(?=/?[bcefhinstuBCEFHINSTU][\s/>eimotEIMOT])"
    rb"(?i:(body|html)|(/?)(?:b|big|code|em|font|i|nobr|s|select|small|strike|strong|tt|u))(?=[\s/>])"
)
_RENAMED = re.compile(r"</?x-inline[^>]*+>")
_ATTRIBUTE = rb"""(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']*+))?+)"""
# A parser compares each attribute with all before it. Most tags are plain, and told to have few at a glance.
_PLAIN = rb"""(?:\s[a-zA-Z-]++="[^"]*+"){0,99}+\s?/?>"""
_TOO_MANY = re.compile(rb"(<[a-zA-Z][^\s/>]*+(?!%b)%b{256})%b++" % (_PLAIN, _ATTRIBUTE, _ATTRIBUTE))
_TEMPLATE = re.compile(rb"<(/?)template(?=[\s/>])([^>]*+)", re.I)
_WHITE = " \t\n\f\r"  # not the no-break space, as in HTML
_SPACE = re.compile(rf"[\t\n\f\r][{_WHITE}]*+| [{_WHITE}]++")  # all but a single plain space
_SURROGATES = re.compile("[\ud800-\udfff]")


def html_text(markup: str) -> str:
    """The lines of an HTML page, joined by line ends; blank lines stand where a browser leaves a margin.

    Scripts, styles, templates and blocks hidden by their own markup are left out. A picture's alternative text is a
    line of its own where the picture stands; in a link it is part of the link's line. A row of a table is a line,
    unless one of its cells holds lines of its own: then every cell is. So is every piece of text before a `<br>`.
    Style sheets are not read: what only they hide stays. `<noscript>` gives pictures that stand nowhere else, and its
    text if the page has no other. A shadow root (`<template shadowrootmode>`) stands before the rest of its element.

    Raises Unusable: nested so deep that to parse it would take minutes.
    """
    return "\n".join(html_lines(markup)[0])


def html_lines(markup: str) -> tuple[list[str], list[float], list[int]]:
    """The lines of `html_text`; the share of each that stands in links, 0 to 1, spaces aside; and the element that each
    is (see `features.notation.elements`). Raises Unusable."""
    from selectolax.lexbor import LexborHTMLParser

    if not isinstance(markup, str):
        raise TypeError(f"HTML is a str, not {type(markup).__name__}: decode bytes first.")
    _check_nesting(markup)
    try:
        data = markup.encode()
    except UnicodeEncodeError:
        data = _SURROGATES.sub("\ufffd", markup).encode()
    if b"shadowrootmode" in data:
        data = _with_shadow_roots(data)
    data = _COSTLY.sub(lambda tag: b"<%b></x-none" % tag[1] if tag[1] else b"<%bx-inline" % tag[2], data)
    body = LexborHTMLParser(_TOO_MANY.sub(rb"\1", data)).body
    if body is None:
        return [], [], []
    hidden = {node.mem_id for node in body.css(_MAY_BE_HIDDEN) if _hidden(node)}
    lines = _Lines(body, _UNSEEN, hidden)
    if not lines.done:
        lines = _Lines(body, _UNSEEN - {"noscript"}, hidden)
    return lines.done, lines.shares, lines.elements


def _with_shadow_roots(markup: bytes) -> bytes:
    shadows: list[bool] = []  # of the templates that are open

    def renamed(match: re.Match[bytes]) -> bytes:
        end, attributes = match.groups()
        if not end:
            shadows.append(b"shadowrootmode" in attributes)
            return b"<div" + attributes if shadows[-1] else match[0]
        return b"</div" if shadows and shadows.pop() else match[0]

    return _TEMPLATE.sub(renamed, markup)


def _check_nesting(markup: str) -> None:
    if markup.count("<") ** 2 / 2 <= _STEPS:
        return
    depth = steps = 0
    for match in _TAG.finditer(markup):
        end, tag = match.groups()
        if tag.lower() not in _NOT_NESTED:
            depth = max(depth - 1, 0) if end else depth + 1
        steps += depth
        if steps > _STEPS:
            raise Unusable(f"The HTML is nested too deep: {depth:,} elements are open at character {match.end():,}")


class _Lines:
    """Lines in the making: text flows into the open line until something ends it."""

    def __init__(self, body: "LexborNode", unseen: frozenset[str], hidden: set[int]) -> None:
        self.unseen = unseen
        self.hidden = hidden  # ids of elements
        self.done: list[str] = []
        self.shares: list[float] = []  # of link text in each
        self.elements: list[int] = []
        self.element = TEXT  # what is open: a heading of the first level, a picture, or neither
        self.open: list[str] = []
        self.gap = False
        self.edges: list[int] = []  # where in `open` a link begins or ends
        self.linked = False  # whether a link was open when the line began
        self.cells: list[int] = []  # where in `open` a cell of the row begins
        self.rows: list[bool] = []  # the rows that are open: whether their cells are lines, since one holds several
        self.picture = ("", False)  # the last alternative text, and whether it stood in <noscript>
        self.figures = self.links = self.preformatted = 0  # how many of them are open
        self._walk(body)
        self._end()

    def _walk(self, body: "LexborNode") -> None:
        # With a stack of its own, since pages can be nested deeper than Python may recurse; and without a call for
        # most nodes, since they are thousands.
        open_, rows, unseen, hidden = self.open, self.rows, self.unseen, self.hidden
        around: list[tuple[LexborNode, str]] = []
        self._enter(body, "body")
        node, before, before_tag = body.first_child, None, ""
        while True:
            if node is None:
                if not around:
                    return self._leave("body")
                before, before_tag = around.pop()
                if before_tag in _FORMING and (open_ or before_tag not in _PLAIN_BLOCK):
                    self._leave(before_tag)
                node = before.next
                continue
            tag = node.tag or "-"
            if tag == "-text":
                if self.preformatted:
                    self._preformatted(node.text_content or "")
                elif open_ or not node.is_empty_text_node:  # white space alone, as between most blocks
                    open_.append(node.text_content or "")
            elif tag in unseen or (hidden and node.mem_id in hidden):
                if tag == "noscript":
                    self._noscript(node)
            else:
                if open_ and before is not None and tag not in _ENDING and _apart(before, before_tag, node, tag):
                    open_.append(" ")
                if tag in _FORMING and (open_ or rows or tag not in _PLAIN_BLOCK):
                    self._enter(node, tag)
                around.append((node, tag))
                node, before = node.first_child, None
                continue
            before, before_tag = node, tag
            node = node.next

    def _enter(self, node: "LexborNode", tag: str) -> None:
        if tag in _BLOCK or tag == "br":
            if self.rows:
                self.rows[-1] = True
            if self.open:
                self._end()
            if tag in _GAP and not self.figures:
                self.gap = True
            if tag == "tr":
                self.rows.append(False)
        elif tag in _CELL:
            self.cells.append(len(self.open))
            self.open.append(" ")
        elif tag == "a":
            self._link(1)
        elif tag in _PICTURE:
            self.open.append(" ")
            self._picture(node.attributes.get("alt") or "")
        else:
            self.open.append(" ")
        if tag == "figure":
            self.figures += 1
        elif tag == "h1":
            self.element = HEADING
        elif tag in _PREFORMATTED:
            self.preformatted += 1

    def _leave(self, tag: str) -> None:
        if tag == "a":
            self._link(-1)
        elif tag == "figure":
            self.figures -= 1
        elif tag in _PREFORMATTED:
            self.preformatted -= 1
        elif tag in _BOX:
            self.open.append(" ")
        if tag in _BLOCK:
            if self.open:
                self._end()
            if tag in _GAP and not self.figures:
                self.gap = True
            if tag == "tr":
                self.rows.pop()
            elif tag == "h1":
                self.element = TEXT

    def _link(self, by: int) -> None:
        before = self.links
        self.links += by
        if not before * self.links:  # links can be nested in scripts' ways
            if self.open:
                self.edges.append(len(self.open))
            else:
                self.linked = by > 0

    def _preformatted(self, text: str) -> None:
        first, *rest = split_lines(text)
        self.open.append(first)
        for line in rest:
            self._end()
            self.open.append(line)

    def _noscript(self, node: "LexborNode") -> None:
        for picture in node.css("img"):
            self._picture(picture.attributes.get("alt") or "", noscript=True)

    def _picture(self, alternative: str, noscript: bool = False) -> None:
        alternative = _RENAMED.sub("", alternative)  # tags in alternative texts are a mistake of the page
        last, self.picture = self.picture, (alternative, noscript)
        if last[0] == alternative and (last[1] or noscript):
            return  # one picture, with scripts and without
        if self.links and not self.figures:
            self.open.append(f" {alternative} ")
        elif alternative.strip():
            self._end()
            self.open.append(alternative)
            around, self.element = self.element, PICTURE
            self._end()
            self.element = around

    def _end(self) -> None:
        """Ends the open line."""
        if self.cells and self.rows and self.rows[-1]:
            for start, stop in pairwise((0, *self.cells, len(self.open))):
                self._add(self.open[start:stop], start)
        else:
            self._add(self.open, 0)
        self.open.clear()
        self.cells.clear()
        self.edges.clear()
        self.linked = self.links > 0

    def _add(self, pieces: list[str], start: int) -> None:
        """Adds the line that is made of these pieces of the open one, from `start` on, unless it is blank."""
        line = "".join(pieces).strip(_WHITE)
        if "  " in line or not line.isprintable():  # so are few, and none that is white space alone is printable
            if line.isspace():
                return
            line = _SPACE.sub(" ", line)
        if not line:
            return
        if self.gap and self.done:
            self.done.append("")
            self.shares.append(0.0)
            self.elements.append(TEXT)
        self.gap = False
        self.done.append(line)
        self.elements.append(self.element)
        self.shares.append(self._share(line, pieces, start) if self.edges else float(self.linked))

    def _share(self, line: str, pieces: list[str], start: int) -> float:
        """How much of a line is link text."""
        edges = [max(edge - start, 0) for edge in self.edges] if start else self.edges
        if not self.linked:
            edges = [0, *edges]  # from here on the edges of what stands in no link
        elif "".join(pieces[edges[0] :]).isspace():
            return 1.0
        others = "".join(["".join(pieces[begin:end]) for begin, end in zip_longest(edges[::2], edges[1::2])])
        letters = _letters(line)
        return (letters - _letters(others)) / letters


def _letters(text: str) -> int:
    return len("".join(text.split()))


def _apart(before: "LexborNode", before_tag: str, node: "LexborNode", tag: str) -> bool:
    """Whether the element is no part of the word that the node right before it ends: minified pages have no space
    between links, or between what they style in different ways."""
    if before_tag.startswith("-"):
        return False
    if tag in _APART and before_tag in _APART:
        return True
    one, other = before.attributes.get("class"), node.attributes.get("class")
    return bool(one and other and one != other)


def _hidden(node: "LexborNode") -> bool:
    """Whether the element's own markup hides it; never asked of the page's body, which scripts unhide."""
    attributes = node.attributes
    if "hidden" in attributes or (node.tag == "dialog" and "open" not in attributes):
        return True
    if "fallback" in attributes or "placeholder" in attributes:
        parent = node.parent
        if parent is not None and (parent.tag or "").startswith("amp-"):
            return True  # AMP shows them only where the element around them fails or is late
    style = attributes.get("style")
    if not style or ("display" not in (style := style.lower()) and "visibility" not in style):
        return False
    values: dict[str, tuple[bool, str]] = {}  # the last one holds, an important one against all others
    for name, value, important in _VISIBILITY.findall(style):
        if important or not values.get(name, (False, ""))[0]:
            values[name] = bool(important), value
    return any(value in ("none", "hidden", "collapse") for _, value in values.values())
