"""The peers of the bench: rules and tools that keep or drop each line of a page."""

import html
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from locbao.experiments.studies.alignment import carry_over
from locbao.features.arrays import BoolArray
from locbao.features.errors import LocbaoError

Keeper = Callable[[Sequence[str]], BoolArray]
"""The lines (n) of a page that are not blank -> which of them (n) the peer keeps."""

LONG_LINE = 100  # characters
C4_ENDS = (".", "?", "!", '"', "”")
C4_WORDS = 5
C4_POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")


class PeerMissing(LocbaoError):
    """A tool of the bench is not installed."""

    def __init__(self, tool: str) -> None:
        super().__init__(f"{tool} is not installed, so it cannot be measured. Try: pip install 'locbao[bench]'")


def tool(name: str) -> Any:
    """The module of a peer. Raises PeerMissing."""
    try:
        return import_module(name)
    except ImportError:
        raise PeerMissing(name.partition(".")[0]) from None


def as_html(lines: Sequence[str]) -> str:
    """A page for the HTML tools: every line in a `<p>`."""
    paragraphs = "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)
    return f"<html><body>\n{paragraphs}\n</body></html>"


def keep_all(lines: Sequence[str]) -> BoolArray:
    """(n,) every line."""
    return np.ones(len(lines), dtype=np.bool_)


def long_lines(lines: Sequence[str]) -> BoolArray:
    """(n,) lines of LONG_LINE characters or more."""
    return np.array([len(line) >= LONG_LINE for line in lines], dtype=np.bool_)


def c4(lines: Sequence[str]) -> BoolArray:
    """(n,) lines that C4's rules for lines keep (Raffel et al., 2020)."""
    return np.array([_c4_keeps(line.strip()) for line in lines], dtype=np.bool_)


def _c4_keeps(line: str) -> bool:
    notice = line.lower()
    return (
        line.endswith(C4_ENDS)
        and not line.endswith("...")
        and len(line.split()) >= C4_WORDS
        and "javascript" not in notice
        and not any(policy in notice for policy in C4_POLICY)
    )


def c4_once(lines: Sequence[str]) -> BoolArray:
    """(n,) what `c4` keeps, but each text only where it stands first."""
    folded = [line.strip().lower() for line in lines]
    first = {line: index for index, line in reversed(list(enumerate(folded)))}
    return c4(lines) & np.array([first[line] == index for index, line in enumerate(folded)], dtype=np.bool_)


def justext(lines: Sequence[str]) -> BoolArray:
    justext = tool("justext")
    paragraphs = justext.justext(as_html(lines), justext.get_stoplist("Vietnamese"))
    return carry_over(lines, [(paragraph.text, not paragraph.is_boilerplate) for paragraph in paragraphs])


def boilerpy(extractor: str) -> Keeper:
    def keep(lines: Sequence[str]) -> BoolArray:
        document = getattr(tool("boilerpy3.extractors"), extractor)().get_doc(as_html(lines))
        blocks = ((text, block.is_content) for block in document.text_blocks for text in block.text.split("\n"))
        return carry_over(lines, list(blocks))

    return keep


def trafilatura(lines: Sequence[str]) -> BoolArray:
    text = tool("trafilatura").extract(as_html(lines)) or ""
    return carry_over(lines, [(piece, True) for piece in text.split("\n")])


PEERS: Mapping[str, Keeper] = {
    "keep all": keep_all,
    "long lines": long_lines,
    "C4 line rule": c4,
    "C4 line rule, no repeats": c4_once,
    "jusText": justext,
    "boilerpy3 Article": boilerpy("ArticleExtractor"),
    "boilerpy3 ArticleSentences": boilerpy("ArticleSentencesExtractor"),
    "boilerpy3 LargestContent": boilerpy("LargestContentExtractor"),
    "trafilatura": trafilatura,
}
