"""Layout files: the furniture of one kind of site, as plain text with slots.

    # A comment about the kind of site.
    after: example.vn, another.vn
    order: nav date? HEADLINE LEAD CONTENT SIGNATURE related?0.7 footer
    between: read_also ad

    [nav]
    Thời sự
    ---
    Trang chủ | Thời sự
    [related]
    *3-6 {headline}
    *
    * {teaser}

`after` names the real sites it was modelled on. `order` is the page from top to bottom; a lower-case word is a block of
this file, `?` makes it optional (chance 0.5, or the number given); HEADLINE, LEAD, CONTENT and SIGNATURE, and KICKER if
wanted, are the article's parts. `between` are the blocks that may stand inside CONTENT. `[name]` opens a block, `---`
separates its variants. All lines are sidebar but `b> body` and `c> caption`; `? line` is there half of the time. Lines
that begin with `*` are one item of a list, repeated 3 to 10 times, `*5 ` 5 times and `*2-4 ` 2 to 4 times; `*` alone
is a blank line in the item. A leading backslash takes all meaning from what follows it. Slots in braces are those of
`locbao.train.composer.slots`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from locbao.features.errors import SourceError
from locbao.features.text import split_lines
from locbao.train.composer.slots import SLOT, SLOTS

PARTS = ("KICKER", "HEADLINE", "LEAD", "CONTENT", "SIGNATURE")
_REQUIRED = ("HEADLINE", "CONTENT")

_REPEATS = (3, 10)  # times an item of a list stands, where the file does not say
_MOST_REPEATS = 500
_HALF = 0.5  # chance of what is marked with a bare question mark

_OPENING = re.compile(r"\[([a-z][a-z0-9_]*)\]")
_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\?(\d*\.?\d+)?)?$")
_ITEM = re.compile(r"\*(?:(\d+)(?:-(\d+))?(?=\s|$))?[ \t]?(.*)$")
_MARKS = {"b>": "body", "c>": "caption"}


class LayoutError(SourceError):
    """A layout file cannot be used: `source` is the file with the line from 1."""


@dataclass(frozen=True, slots=True)
class Step:
    """A place in the page: the name of a part or block, and the chance that it is there."""

    name: str
    chance: float


@dataclass(frozen=True, slots=True)
class Template:
    """A line before its slots are filled."""

    text: str
    label: str
    chance: float


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that share their slots' values; an item of a list stands `low` to `high` times, plain lines once."""

    lines: list[Template]
    low: int
    high: int
    item: bool


Variant = list[Group]
SourceLine = tuple[str, str]
"""Where a line stands, and its text."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout file. `blocks` maps a name to its variants; `after` are hosts."""

    name: str
    after: tuple[str, ...]
    order: tuple[Step, ...]
    between: tuple[Step, ...]
    blocks: dict[str, tuple[Variant, ...]]


def read_layouts(folder: Path) -> list[Layout]:
    """All layouts of a folder, by file name. Raises LayoutError, also when there is none."""
    layouts = [read_layout(path) for path in sorted(folder.glob("*.txt"))]
    if not layouts:
        raise LayoutError(str(folder), "no layout files", "Give a folder with .txt layout files.")
    return layouts


def read_layout(path: Path) -> Layout:
    """The layout of a file. Raises LayoutError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LayoutError(str(path), f"cannot be read ({error})", "Give a UTF-8 text file.") from None
    return parse_layout(text, path.stem, str(path))


def parse_layout(text: str, name: str, source: str) -> Layout:
    """The layout written in `text`; `source` stands in errors. Raises LayoutError."""
    lines = [(f"{source}:{number}", line.rstrip()) for number, line in enumerate(split_lines(text), start=1)]
    first = next((index for index, (_, line) in enumerate(lines) if _OPENING.fullmatch(line)), len(lines))
    head = _head(source, lines[:first])
    blocks = _blocks(lines[first:])
    layout = Layout(
        name=name,
        after=tuple(host.strip() for host in head["after"][1].split(",") if host.strip()),
        order=_steps(*head["order"]),
        between=_steps(*head["between"]),
        blocks=blocks,
    )
    _check(layout, head)
    return layout


def _head(source: str, lines: Sequence[SourceLine]) -> dict[str, SourceLine]:
    head = {"between": (source, "")}
    for where, line in lines:
        if not line or line.startswith("#"):
            continue
        key, colon, value = line.partition(":")
        if not colon or key not in ("after", "order", "between"):
            raise LayoutError(
                where, f"unknown line {line!r}", "Before the first [block] stand after:, order:, between:, #."
            )
        head[key] = (where, value)
    for key in ("after", "order"):
        if not head.get(key, ("", ""))[1].strip():
            raise LayoutError(source, f"no {key}:", f"Add a line that begins with {key}:")
    return head


def _steps(where: str, text: str) -> tuple[Step, ...]:
    return tuple(_step(where, word) for word in text.split())


def _step(where: str, word: str) -> Step:
    match = _STEP.match(word)
    if not match:
        raise LayoutError(where, f"cannot read {word!r}", "Write block, block? or block?0.3.")
    chance = float(match[3]) if match[3] else _HALF if match[2] else 1.0
    if not 0 <= chance <= 1:
        raise LayoutError(where, f"the chance of {word!r} is not between 0 and 1", "Write for example block?0.3.")
    return Step(match[1], chance)


def _check(layout: Layout, head: dict[str, SourceLine]) -> None:
    where = head["order"][0]
    names = [step.name for step in layout.order]
    for part in _REQUIRED:
        if part not in names:
            raise LayoutError(where, f"{part} is missing from order:", "Every page has a headline and a content.")
    for part in PARTS:
        if names.count(part) > 1:
            raise LayoutError(where, f"{part} stands twice in order:", "An article's part stands once.")
    if "LEAD" in names and names.index("LEAD") > names.index("CONTENT"):
        raise LayoutError(where, "LEAD stands after CONTENT", "The lead stands before the content.")
    places = [(where, name) for name in names if name not in PARTS]
    places += [(head["between"][0], step.name) for step in layout.between]
    for place, name in places:
        if name not in layout.blocks:
            raise LayoutError(
                place, f"no block [{name}]", f"Write it, or use one of {', '.join(sorted(layout.blocks))}."
            )
    for name in layout.blocks:
        if all(name != used for _, used in places):
            raise LayoutError(where, f"block [{name}] is never used", "Name it in order: or between:, or delete it.")


def _blocks(lines: Sequence[SourceLine]) -> dict[str, tuple[Variant, ...]]:
    """The blocks of lines of which the first opens one."""
    blocks: dict[str, list[tuple[str, list[SourceLine]]]] = {}  # by name, the lines of the variants behind their place
    name = ""
    for where, line in lines:
        opening = _OPENING.fullmatch(line)
        if opening:
            name = opening[1]
            if name in blocks:
                raise LayoutError(where, f"block [{name}] opens twice", "Separate its variants by --- instead.")
            blocks[name] = []
        if opening or line == "---":
            blocks[name].append((where, []))
        else:
            blocks[name][-1][1].append((where, line))
    return {name: tuple(_variant(name, *variant) for variant in variants) for name, variants in blocks.items()}


def _variant(name: str, opened: str, lines: Sequence[SourceLine]) -> Variant:
    written = [index for index, (_, line) in enumerate(lines) if line]
    if not written:
        raise LayoutError(
            opened, f"an empty variant of [{name}]", "Write at least one line, or delete the --- or the block."
        )
    groups: list[Group] = []
    for where, line in lines[written[0] : written[-1] + 1]:
        item = _ITEM.match(line)
        low, high = (1, 1) if item is None else _REPEATS
        if item and item[1]:
            low, high = (int(number[:6]) for number in (item[1], item[2] or item[1]))  # no more digits, however many
        if not 1 <= low <= high <= _MOST_REPEATS:
            hint = f"Write for example *3-6; {_MOST_REPEATS} times at most."
            raise LayoutError(where, f"cannot repeat {low} to {high} times", hint)
        if not groups or groups[-1].item != bool(item) or (item and item[1]):
            groups.append(Group([], low, high, bool(item)))
        groups[-1].lines.append(_template(where, item[3] if item else line))
    return groups


def _template(where: str, line: str) -> Template:
    chance, label = 1.0, "sidebar"
    while line[:2] in ("? ", *_MARKS):
        if line[:2] == "? ":
            chance, line = _HALF, line[2:]
        else:
            label, line = _MARKS[line[:2]], line[2:].lstrip()
    line = line.removeprefix("\\")
    for slot in SLOT.findall(line):
        if slot not in SLOTS:
            raise LayoutError(where, f"unknown slot {{{slot}}}", f"The slots are: {', '.join(sorted(SLOTS))}.")
    return Template(line, label, chance)
