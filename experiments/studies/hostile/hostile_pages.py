"""Pages that mean harm: how time and memory of labelling grow with the page, for each kind.

    python -m locbao.experiments.studies.hostile.hostile_pages

A process for each kind labels pages of that kind, from 25,000 characters to a million. The exponent is the slope of the
time over the size, both as logarithms, from 100,000 characters to the largest page that was labelled (from 25,000 where
that has 100,000): 1 is in proportion. Writes `hostile_pages.md`.
"""

import gc
import multiprocessing
from collections.abc import Callable
from functools import partial
from math import log
from time import process_time
from typing import NamedTuple

from locbao.experiments.measurement import Kinds, chosen, document, records, start
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.experiments.timing import peak_megabytes, seconds
from locbao.predict.load import load
from locbao.predict.model import Model
from locbao.predict.reading.items import MAX_LINES, Unusable

SIZES = (25_000, 100_000, 400_000, 1_000_000)
"""Characters."""

_COMPARED, _TURNS = SIZES[:2], 5
_HTML = "<!doctype html><html><body>"


def _again(piece: str) -> Callable[[int], str]:
    return lambda size: (piece * (size // len(piece) + 1))[:size]


def _html(piece: str) -> Callable[[int], str]:
    return lambda size: _HTML + _again(piece)(size - len(_HTML))


def _numbered(piece: str) -> Callable[[int], str]:
    """The piece with another number each time."""
    return lambda size: "".join(piece.format(number) for number in range(size // 2))[:size]


KINDS: dict[str, Callable[[int], str]] = {
    "prose": _again("Bà con góp gỗ dựng cầu mới ở bản, nhờ đó trẻ em đi học không phải lội suối.\n"),
    "prose on one line": _again("Bà con góp gỗ dựng cầu mới ở bản, nhờ đó trẻ em đi học không phải lội suối. "),
    "prose, letters and marks apart": _again("Ba\u0300 con go\u0301p go\u0302\u0303 du\u031b\u0323ng.\n"),
    "lines of one letter": _again("a\n"),
    "lines of one letter, all different": _numbered("{:x}\n"),
    "lines of two words": _numbered("dòng {:d}\n"),
    "blank lines": _again("\n"),
    "blank lines, \\r\\n": _again("\r\n"),
    "lines of a space": _again(" \n"),
    "lines of marks of Markdown": _again("```\n"),
    "table of Markdown": _again("| a | b |\n"),
    "list of Markdown": _again("- mục\n"),
    "list, deeper and deeper": lambda size: "".join(" " * (line % 200) + "- a\n" for line in range(size // 3))[:size],
    "links of Markdown": _again("[a](b) "),
    "pictures of Markdown": _again("![a](b)\n"),
    "opening brackets": _again("["),
    "link within link": _again("[a]("),
    "stars": _again("*"),
    "stars and letters": _again("*a"),
    "backticks": _again("`a "),
    "signs of quotation": _again(">"),
    "one letter": _again("a"),
    "words of one letter": _again("a b "),
    "one word": _again("chợ "),
    "words, all different": _numbered("w{:x} "),
    "digits": _again("1 "),
    "one number": _again("1"),
    "numbers with points": _again("1.000."),
    "full stops": _again("."),
    "full stops and spaces": _again(". "),
    "abbreviations": _again("Q. "),
    "sentences of two words": _again("Bắt giữ. "),
    "sentences without a space between": _again("Bắt giữ.Nam khai."),
    "quotation marks": _again("”. “"),
    "combining marks, one": _again("\u0301"),
    "combining marks, alternating": _again("\u0301\u0323"),
    "combining marks, thirty a letter": _again("a" + "\u0323\u0301" * 15),
    "combining marks, thirty-one a letter": _again("a" + "\u0301" * 31),
    "marks made of marks": _again("\u0f73"),
    "letters with two marks": _again("ệ".replace("ệ", "e\u0323\u0302")),
    "Hangul in pieces": _again("\u1100\u1161\u11a8"),
    "zero-width characters": _again("a\u200b"),
    "tabs": _again("\t"),
    "entities": _again("&amp;"),
    "numeric entities": _again("&#225;"),
    "entity without end": _again("&#9"),
    "entities of line ends": _again("&#10;a"),
    "emoji": _again("😀"),
    "halves of characters": _again("\ud800"),
    "open tones": _again("hoà "),
    "HTML: paragraphs": _html("<p>x"),
    "HTML: cells": _html("<td>x"),
    "HTML: breaks": _html("x<br>"),
    "HTML: bold never closed": _html("<b a=i>"),
    "HTML: bold closed by paragraphs": lambda size: _html("<b a=i>")(size // 2) + _again("</p><p>x")(size // 2),
    "HTML: divisions never closed": _html("<div>"),
    "HTML: options": lambda size: _HTML + "<select>" + _again("<option>a")(size),
    "HTML: attributes": lambda size: _HTML + "<p " + _numbered("a{:x} ")(size) + ">x",
    "HTML: comments": _html("<!-- -->"),
    "HTML: less-than signs": _html("<"),
    "HTML: scripts": _html("<script>a</script>"),
    "HTML: pictures": _html('<img alt="x">'),
}


class Sweep(NamedTuple):
    """A kind's pages of SIZES: `seconds` and `megabytes`, of those that were labelled; `reason` why others were not."""

    seconds: list[float]
    megabytes: list[float]
    reason: str


def measure(model: Model, kind: str) -> Sweep:
    """Labels pages of a kind in this process, the smallest first; megabytes are how much its peak has grown.

    Python's garbage collector waits until a page is labelled, as it does in `timeit`: when it comes depends on all that
    the process holds.
    """
    times: list[float] = []
    peaks: list[float] = []
    before = peak_megabytes()
    for size in SIZES:
        page = KINDS[kind](size)
        try:
            times.append(min(_seconds(model, page) for _ in range(_TURNS)))
        except Unusable as error:
            return Sweep(times, peaks, str(error))
        peaks.append(peak_megabytes() - before)
    return Sweep(times, peaks, "")


def _seconds(model: Model, page: str) -> float:
    gc.collect()
    gc.disable()
    try:
        return seconds(model.label, page, clock=process_time)
    finally:
        gc.enable()


def run(kinds: Kinds = None, results: Results = RESULTS / "hostile") -> None:
    """Sweeps over the kinds, and writes the table. Raises LocbaoError."""
    names = chosen(kinds, KINDS)
    model = load()
    model.label("Công an bắt hai người chở ma túy qua biên giới.")  # near a topic: all that labelling needs is loaded
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        swept = [*zip(names, pool.imap(partial(measure, model), names), strict=True)]
    rows = [_row(*each) for each in sorted(swept, key=lambda each: -each[1].seconds[: len(_COMPARED)][-1])]
    text = document(
        "Pages that mean harm, labelled by the shipped model: processor seconds of a page of 100,000 characters and "
        "of a million, megabytes that the process needs beside those it had, and the exponent of the time. Some kinds "
        f"are refused when large, such as pages of more than {MAX_LINES:,} lines: the largest labelled counts. "
        "The words of a page near a topic are cut besides, in time that grows with its length: a page that is near one "
        "from some length on, such as words that are all different, takes a step there, and its exponent tells that "
        "step.",
        records(rows),
    )
    write_table("hostile_pages", text, results)


def _row(kind: str, sweep: Sweep) -> dict[str, str]:
    time = dict(zip(SIZES, sweep.seconds, strict=False))
    peak = dict(zip(SIZES, sweep.megabytes, strict=False))
    last = max(time)
    first = min(_COMPARED, key=lambda size: (size >= last, -size))
    exponent = log(time[last] / time[first]) / log(last / first)
    return {
        "page": kind,
        "s, 100 KB": f"{time[100_000]:.3f}" if 100_000 in time else "",
        "s, 1 MB": f"{time[1_000_000]:.2f}" if 1_000_000 in time else "",
        "exponent": f"{exponent:.2f}",
        "MB, 100 KB": f"{peak[100_000]:.0f}" if 100_000 in peak else "",
        "MB, 1 MB": f"{peak[1_000_000]:.0f}" if 1_000_000 in peak else "",
        "largest, KB": f"{last / 1000:.0f}",
        "refused": sweep.reason.partition(":")[0].partition(", more")[0],
    }


if __name__ == "__main__":
    start(run, __doc__)
