"""A batch on its way: pages as they stand in their files go in, the bytes of their rows come out."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from locbao.predict.batch.likeness import signs
from locbao.predict.reading.items import Input, Item, ReadOptions, Rejected
from locbao.predict.reading.parsing import parse
from locbao.predict.writing.outputs import Output
from locbao.predict.writing.rows import Labelled

if TYPE_CHECKING:
    from locbao.predict.labelled import LabelledPage
    from locbao.predict.model import Model

TIMEOUT = 120.0  # seconds after which a page is given up, unless the user says otherwise; most take milliseconds

Load = Callable[[], "Model"]


@dataclass(frozen=True, slots=True)
class Done:
    """A batch as it is written: `chunk` goes to the output, `rejected`, in order, to the quarantine; `signs` are those
    of likeness.py; `kept`: how many pages have a value for each field to keep."""

    chunk: bytes
    pages: int
    rejected: tuple[Rejected, ...] = ()
    signs: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)


class Lost(Exception):
    """A batch that gave no answer; the message is a sentence for the user, should a single page be to blame."""


Ask = Callable[[Sequence[Item]], Done]


@dataclass(frozen=True, slots=True)
class Work:
    """What is done to every batch; sent to the workers once.

    `memory`: the file of a saved SiteMemory, None without. `caption_odds`, `thresholds`: as in `Model.label_many`.
    """

    output: Output
    options: ReadOptions
    memory: Path | None = None
    caption_odds: float = 1.0
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def label(self, model: "Model", batch: Sequence[Item]) -> Done:
        """Parses, labels and encodes a batch. Raises Lost if the model fails on it."""
        try:
            parsed = [parse(item, self.options) for item in batch]
            pages = [page for page in parsed if isinstance(page, Input)]
            results = zip(pages, self._label(model, pages), strict=True)
            labelled = [Labelled(page.id, result, page.kept) for page, result in results]
            chunk = self.output.encode(labelled, model.signature)
        except Exception as error:  # whatever a model does on one page must not end the batch
            raise Lost(failure(error)) from error
        rejected = tuple(page for page in parsed if isinstance(page, Rejected))
        kept = Counter(name for page in pages for name, value in page.kept.items() if value is not None)
        return Done(chunk, len(pages), rejected, signs(result.page for result in labelled), kept)

    def _label(self, model: "Model", pages: Sequence[Input]) -> "Iterator[LabelledPage]":
        sites = memory = None
        if self.memory is not None:
            from locbao.predict.lines.sites import open_memory

            sites, memory = [page.site for page in pages], open_memory(self.memory)
        return model.label_many(
            (page.page for page in pages),
            sites=sites,
            memory=memory,
            caption_odds=self.caption_odds,
            thresholds=self.thresholds,
        )


def load_for(load: Load, thresholds: Mapping[str, float], *, site_memory: bool) -> "Model":
    """The model that `load` loads. Raises UnknownTopic if it does not know a topic of `thresholds`, NoSitePart if it
    cannot take the `site_memory` that is wanted."""
    from locbao.predict.lines.sites import NoSitePart
    from locbao.predict.topics.topic_model import check_thresholds

    model = load()
    check_thresholds(thresholds, model.topics)
    if site_memory and not model.site_model:
        raise NoSitePart(model.name)
    return model


def failure(error: Exception) -> str:
    """The reason for leaving out a page whose labelling raised `error`."""
    return f"The page cannot be labelled ({type(error).__name__}: {str(error)[:200]})"


def label_carefully(ask: Ask, batch: Sequence[Item]) -> Done:
    """What `ask` says of the batch; if it is lost, the pages that are lost alone as well are rejected.

    The others are asked for together once more: a process that was killed by chance changes no byte of the output.
    """
    try:
        return ask(batch)
    except Lost:
        alone = [_label_alone(ask, item) for item in batch]
    sound = [item if answer.pages else answer.rejected[0] for item, answer in zip(batch, alone, strict=True)]
    try:
        return ask(sound)
    except Lost:  # too much together, though not alone
        rejected = tuple(item for answer in alone for item in answer.rejected)
        return Done(
            b"".join(answer.chunk for answer in alone),
            sum(answer.pages for answer in alone),
            rejected,
            sum((answer.signs for answer in alone), Counter()),
            sum((answer.kept for answer in alone), Counter()),
        )


def _label_alone(ask: Ask, item: Item) -> Done:
    try:
        return ask([item])
    except Lost as lost:
        return Done(b"", 0, (Rejected(item.source, str(lost)),))
