"""Which pages to label first: those that the model doubts most, in lines that no page before them has."""

import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from locbao.features.text import normalise_lines
from locbao.predict.labelled import LabelledPage
from locbao.predict.reading.items import Input

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class RankedPage:
    """A page to label. `worth`: the mistakes that the model expects to make in its new lines, times the share of its
    lines that are new. `doubtful`: how many new lines it is less than 90 % sure of. `new`: that share."""

    id: str
    source: str
    worth: float
    doubtful: int
    new: float


def labelling_order(pages: Iterable[tuple[Input, LabelledPage]], labelled: Iterable[str] = ()) -> Iterator[RankedPage]:
    """The pages, the most worthwhile first.

    A line is new if neither a page before it in this order nor `labelled`, lines that people have labelled already, has
    it; numbers in it do not count. So a template comes before further pages of it, and a page that stands twice is
    worth nothing the second time.
    """
    doubts: list[tuple[str, str, dict[str, float]]] = []
    for page, of_model in pages:
        texts = _keys(line.plain for line in of_model.lines)
        doubt = {text: 1 - line.score for text, line in zip(texts, of_model.lines, strict=True)}
        doubts.append((str(page.id), str(page.source), doubt))
    met = set(_keys(labelled))

    def ranked(place: int) -> RankedPage:
        id, source, doubt = doubts[place]
        fresh = [value for text, value in doubt.items() if text not in met]
        new = len(fresh) / max(len(doubt), 1)
        return RankedPage(id, source, new * sum(fresh), sum(value > 0.1 for value in fresh), new)

    # What a page is worth only falls while others are chosen, so the first that is still worth what it was is the best.
    queue = [(-ranked(place).worth, place) for place in range(len(doubts))]
    heapq.heapify(queue)
    while queue:
        before, place = heapq.heappop(queue)
        now = ranked(place)
        if now.worth < -before:
            heapq.heappush(queue, (-now.worth, place))
        else:
            met |= doubts[place][2].keys()
            yield now


def _keys(lines: Iterable[str]) -> list[str]:
    return [_NUMBER.sub("0", line).lower() for line in normalise_lines(list(lines))]
