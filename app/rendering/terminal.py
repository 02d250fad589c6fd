"""A labelled page, and the reasons of one line, for a terminal or a pipe."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from locbao.features.amounts import counted
from locbao.features.labels import LABELS
from locbao.predict.batch.likeness import UNSURE
from locbao.predict.labelled import LabelledLine, LabelledPage

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from locbao.predict.explain import Explanation, Reason, TopicExplanation

EVIDENCE = "◆"
"""Marks the lines that speak for a topic."""

_LABEL_STYLES = {"body": "bold green", "caption": "bold magenta", "sidebar": "bright_black"}
_TOPIC_STYLE = "bold cyan"
_SENTENCE_STYLE = "underline cyan"
_TEXT_STYLES = {"body": "", "caption": "italic", "sidebar": "bright_black"}
_WIDEST = 110  # columns: longer lines are hard to read
_LONGEST = 3000  # characters of a line that are shown on a terminal: wrapping ten million takes half a minute
_BAR = 10  # characters of the longest bar
_SIGNS = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"}
_SIGNS |= dict.fromkeys(range(0x7F, 0xA0), "\ufffd")


def printable(text: str) -> str:
    """`text` with control characters, which could steer a terminal, as visible signs; line ends stay."""
    return text.translate(_SIGNS).encode(errors="backslashreplace").decode()


_WORDINGS = (
    (re.compile(r"^line -(\d+): "), r"line \1 above, "),
    (re.compile(r"^line \+(\d+): "), r"line \1 below, "),
    (re.compile(r" (-?[\d.]+)–(-?[\d.]+)$"), r": \1 to \2"),
    (re.compile(r" < (-?[\d.]+)$"), r": under \1"),
    (re.compile(r" ≥ (-?[\d.]+)$"), r": \1 or more"),
    (re.compile(r"(?<![^ (])-(?=\d)"), "−"),
)


def readable(feature: str) -> str:
    """The name of a feature as people read it: `line -1: syllables 3–4` is `line 1 above, syllables: 3 to 4`."""
    for pattern, wording in _WORDINGS:
        feature = pattern.sub(wording, feature)
    return printable(feature)


def show_page(name: str, page: LabelledPage, model: str, out: TextIO) -> None:
    """Writes the page to `out`: in colour and wrapped on a terminal, else one plain line a line of the page.

    The topics that a line is evidence of stand behind its text; on a terminal the sentences that report on them are
    underlined.
    """
    digits, spoken_for = len(str(page.lines[-1].number)), topics_by_line(page)
    if not out.isatty():
        for line in page.lines:
            marks = _marks(spoken_for.get(line.number, ()))
            out.write(f"{line.number:>{digits}}  {line.label:<7}  {line.score:.2f}  {printable(line.text)}{marks}\n")
        return
    from rich.console import Console

    console = Console(file=out, highlight=False, markup=False, emoji=False)
    console.print(_summary(name, page, model), end="\n\n")
    runs = marked_runs(page)
    for line in page.lines:
        of_line, marks = runs.get(line.number, [(line.text, False)]), _marks(spoken_for.get(line.number, ()))
        console.print(_rich_line(console, line, of_line, digits, marks))


def topics_by_line(page: LabelledPage) -> dict[int, list[str]]:
    """For each line that is evidence, by its number, the topics that it speaks for."""
    topics: dict[int, list[str]] = {}
    for topic, numbers in page.evidence.items():
        for number in numbers:
            topics.setdefault(number, []).append(topic)
    return topics


def marked_runs(page: LabelledPage) -> dict[int, list[tuple[str, bool]]]:
    """The text of each line that is evidence, by its number, in runs: whether each is a sentence that reports on a
    topic."""
    texts = {line.number: line.text for line in page.lines}
    runs: dict[int, list[tuple[str, bool]]] = {}
    done: dict[int, int] = {}
    for number, start, end in sorted({span for of_topic in page.evidence_spans.values() for span in of_topic}):
        before = texts[number][done.get(number, 0) : start]
        runs.setdefault(number, []).extend([(before, False), (texts[number][start:end], True)])
        done[number] = end
    for number, of_line in runs.items():
        of_line.append((texts[number][done[number] :], False))
    return runs


def _marks(topics: Sequence[str]) -> str:
    return "".join(f"  {EVIDENCE} {printable(topic)}" for topic in topics)


def _summary(name: str, page: LabelledPage, model: str) -> "Text":
    from rich.text import Text

    counts = Counter(line.label for line in page.lines)
    unsure = sum(line.score < UNSURE for line in page.lines)
    summary = Text().append(f"{printable(name)}  ", "bold")
    summary.append(f"{counted(len(page.lines), 'line')}, labelled by {model}\n")
    for label in LABELS:
        summary.append(f"■ {label} ", _LABEL_STYLES[label]).append(f"{counts[label]}   ")
    summary.append(f"? under {UNSURE:.0%} sure {unsure}", "yellow")
    for warning in page.warnings:
        summary.append(f"\n! {warning}: unlike the pages that the model learned from", "yellow")
    for topic, score in page.topics.items():
        lines = ", ".join(map(str, page.evidence[topic]))
        summary.append(f"\n{EVIDENCE} {printable(topic)} ", _TOPIC_STYLE).append(f"{score:.2f}   see line {lines}")
    return summary


def _rich_line(
    console: "Console", line: LabelledLine, runs: Sequence[tuple[str, bool]], digits: int, marks: str
) -> "Text":
    """Number, label, probability, and the text in its runs with its marks, wrapped into its own column."""
    from rich.text import Text

    unsure = line.score < UNSURE
    head = Text().append(f"{line.number:>{digits}} ", "bright_black")
    head.append("▌", _LABEL_STYLES[line.label]).append(f"{line.label:<8}", _LABEL_STYLES[line.label])
    head.append(f"{line.score:.2f}{'?' if unsure else ' '} ", "yellow" if unsure else "bright_black")
    width = max(min(console.width, _WIDEST) - head.cell_len, 20)
    cut = f"… ({len(line.text) - _LONGEST:,} more characters)" if len(line.text) > _LONGEST else ""
    text, left = Text(style=_TEXT_STYLES[line.label]), _LONGEST
    for run, speaks in runs:
        text.append(printable(run[:left]), _SENTENCE_STYLE if speaks else None)
        left -= len(run[:left])
    text.append(cut).append(marks, _TOPIC_STYLE)
    wrapped = text.wrap(console, width)
    margin = Text(" " * (digits + 1)).append("▌", _LABEL_STYLES[line.label]).append(" " * (head.cell_len - digits - 2))
    return Text("\n").join([head + wrapped[0], *(margin + rest for rest in wrapped[1:])])


def show_explanation(
    name: str,
    page: LabelledPage,
    explanation: "Explanation",
    topics: Sequence["TopicExplanation"],
    top: int,
    out: TextIO,
) -> None:
    """Writes the line, its probabilities, and the `top` reasons of its label and of each topic with their weights."""
    line = next(line for line in page.lines if line.number == explanation.line)
    ranked = sorted(line.scores, key=line.scores.__getitem__, reverse=True)
    scores = ", ".join(f"{label} {line.scores[label]:.3f}" for label in ranked)
    out.write(f"{printable(name)}, line {line.number}: {line.label}\n{scores}\n\n    {printable(line.text)}\n\n")
    if line.rendered == "":
        out.write("The line is marks of Markdown alone, or a crawler's preamble: it says nothing, and is sidebar.\n")
        return
    out.write(f"What speaks for {ranked[0]} (+) or for {ranked[1]} (-), in log-odds, and the value of the feature:\n\n")
    _write_reasons(explanation.reasons, top, out)
    for topic in topics:
        named = printable(topic.topic)
        out.write(f"\nWhat speaks for {named} (+) or against it (-) in the line's strongest sentence; ")
        out.write(f"its log-odds are {topic.score:+.2f}:\n\n")
        _write_reasons(topic.reasons, top, out)


def _write_reasons(reasons: Sequence["Reason"], top: int, out: TextIO) -> None:
    shown = reasons[:top]
    widest = max((len(readable(reason.feature)) for reason in shown), default=0)
    strongest = max((abs(reason.weight) for reason in shown), default=1.0)
    for reason in shown:
        bar = "█" * round(_BAR * abs(reason.weight) / strongest)
        out.write(f"{reason.weight:+7.2f}  {bar:<{_BAR}}  {readable(reason.feature):<{widest}}  {reason.value:.4g}\n")
    if len(reasons) > top:
        out.write(f"\nand {len(reasons) - top} weaker ones (--top shows more)\n")
