"""HTML as the lines a reader sees, in page order: one block of the page a line.

What becomes a line, and where blank lines stand, follows the pages that the line model has learned from, and those the
margins of a browser without the site's style sheet: around paragraphs, headings, lists and figures.
"""

import re
from typing import TYPE_CHECKING

from locbao.predict.reading.encoding import Unusable

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
_PREFORMATTED = frozenset(("pre", "xmp", "listing"))
_HIDING = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\s*(?:!\s*important\s*)?(?:;|$)", re.I
)
# At each tag the parser may look through all elements that are open (HTML standard, "in button scope"), which comes to
# this at 20,000 nested ones, a second or two of work; at a million it would take hours.
_STEPS = 200_000_000
_TAG = re.compile(r"<(\\?/)?([a-z][a-z0-9-]*)(?=[\s/>])", re.I)  # `<\/` ends elements in the strings of scripts
_NOT_NESTED = frozenset(  # without content, or ended by the next of their kind
    "area base br col embed hr img input link meta source track wbr "
    "a button dd dt li nobr optgroup option p rp rt tbody td tfoot th thead tr".split()
)
_SPACE = re.compile(r"[ \t\n\f\r]+")  # not the no-break space, as in HTML
_LINE_END = re.compile(r"\r\n|\n|\r")
_SURROGATES = re.compile("[\ud800-\udfff]")


def html_text(markup: str) -> str:
    """The lines of an HTML page, joined by line ends; blank lines stand where a browser leaves a margin.

    Scripts, styles, templates and blocks hidden by their own markup are left out. A picture's alternative text is a
    line of its own where the picture stands; in a link it is part of the link's line. A row of a table is a line, and
    so is every piece of text before a `<br>`. Style sheets are not read: what only they hide stays.

    Raises Unusable: nested so deep that to parse it would take minutes.
    """
    from selectolax.lexbor import LexborHTMLParser

    _check_nesting(markup)
    body = LexborHTMLParser(_SURROGATES.sub("\ufffd", markup)).body
    lines = _Lines()
    if body is not None:
        _walk(body, lines)
    return lines.text()


def _check_nesting(markup: str) -> None:
    if markup.count("<") ** 2 / 2 <= _STEPS:
        return
    depth = steps = 0
    for found in _TAG.finditer(markup):
        end, tag = found.groups()
        if tag.lower() not in _NOT_NESTED:
            depth = max(depth - 1, 0) if end else depth + 1
        steps += depth
        if steps > _STEPS:
            raise Unusable(f"The HTML is nested too deep: {depth:,} elements are open at character {found.end():,}")


class _Lines:
    """Lines in the making: text flows into the open line until something ends it."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.open: list[str] = []
        self.gap = False

    def flow(self, text: str) -> None:
        self.open.append(text)

    def end(self, gap: bool = False) -> None:
        """Ends the open line; `gap`: a blank line is to follow, however often it is asked for."""
        if self.open:
            line = _SPACE.sub(" ", "".join(self.open)).strip(" ")
            self.open.clear()
            if line and not line.isspace():
                if self.gap and self.done:
                    self.done.append("")
                self.done.append(line)
                self.gap = False
        self.gap |= gap

    def text(self) -> str:
        self.end()
        return "\n".join(self.done)


class _Open:
    """How many elements of some kinds are open around a place."""

    def __init__(self) -> None:
        self.figures = self.links = self.preformatted = 0

    def count(self, tag: str, step: int) -> None:
        if tag == "figure":
            self.figures += step
        elif tag == "a":
            self.links += step
        elif tag in _PREFORMATTED:
            self.preformatted += step


def _walk(root: "LexborNode", lines: _Lines) -> None:
    # With a stack of its own: pages can be nested deeper than Python may recurse.
    around: list[tuple[LexborNode, str]] = []
    opened = _Open()
    node: LexborNode | None = root
    while True:
        if node is None:
            if not around:
                return
            parent, tag = around.pop()
            _leave(tag, opened, lines)
            node = parent.next if around else None
            continue
        tag = node.tag or ""
        if tag == "-text":
            _text(node.text_content or "", opened, lines)
        elif not tag.startswith(("-", "!")) and tag not in _UNSEEN and not (around and _hidden(node, tag)):
            _enter(node, tag, opened, lines)
            around.append((node, tag))
            node = node.child
            continue
        node = node.next


def _enter(node: "LexborNode", tag: str, opened: _Open, lines: _Lines) -> None:
    if tag in _BLOCK:
        lines.end(gap=tag in _GAP and not opened.figures)
    elif tag == "br":
        lines.end()
    elif tag in _CELL:
        lines.flow(" ")
    elif tag == "img":
        _picture(node.attributes.get("alt") or "", opened, lines)
    opened.count(tag, 1)


def _leave(tag: str, opened: _Open, lines: _Lines) -> None:
    opened.count(tag, -1)
    if tag in _BLOCK:
        lines.end(gap=tag in _GAP and not opened.figures)


def _text(text: str, opened: _Open, lines: _Lines) -> None:
    if not opened.preformatted:
        lines.flow(text)
        return
    first, *rest = _LINE_END.split(text)
    lines.flow(first)
    for line in rest:
        lines.end()
        lines.flow(line)


def _picture(alternative: str, opened: _Open, lines: _Lines) -> None:
    if opened.links and not opened.figures:
        lines.flow(f" {alternative} ")
    elif alternative.strip():
        lines.end()
        lines.flow(alternative)
        lines.end()


def _hidden(node: "LexborNode", tag: str) -> bool:
    """Whether the element's own markup hides it; never asked of the page's body, which scripts unhide."""
    attributes = node.attributes
    if "hidden" in attributes or (tag == "dialog" and "open" not in attributes):
        return True
    style = attributes.get("style")
    return bool(style and _HIDING.search(style))
