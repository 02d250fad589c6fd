"""`locbao predict`: batches of pages to rows or text."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from locbao.console import Exit, guarded, live_count, say
from locbao.features.errors import LocbaoError
from locbao.predict.inputs import MAX_CHARS, READABLE, Input, Rejected, read_inputs
from locbao.predict.outputs import Format, Quarantine, check_output, encode, is_special, open_output, signature

if TYPE_CHECKING:
    from locbao.predict.labelled import LabelledPage

ModelOption = Annotated[
    str | None,
    typer.Option("--model", "-m", metavar="DIR", help="A model folder. Without it: the model that comes with locbao."),
]


class Labeller(Protocol):
    """What a batch needs of a model."""

    name: str
    digest: str

    def label_many(self, texts: Iterable[str]) -> "Iterator[LabelledPage]": ...


@guarded
def predict(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="A .txt file (a page), a folder (all .txt files below it), a .jsonl or .jsonl.gz file with "
            '"id" and "text" in every row, or - for JSON Lines on standard input.',
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="Write to this file, whole or not at all; .gz compresses."),
    ] = None,
    model: ModelOption = None,
    format: Annotated[
        Format, typer.Option(help="jsonl: a row a page. text: the clean body of each page, its captions below it.")
    ] = Format.JSONL,
    max_chars: Annotated[
        int, typer.Option(min=1, metavar="N", help="Reject pages of more characters than this.")
    ] = MAX_CHARS,
) -> None:
    """Label every line of many pages.

    Each page becomes a row with its id, and the label, probability and text of every line that is not blank. The id of
    a file is its path below the INPUT. Pages that cannot be read are left out and listed with file, row and reason:
    in OUT.errors.jsonl, or on standard error if there is no OUT. The exit code is then 3.

    \b
        locbao predict pages/ -o labelled.jsonl
        locbao predict crawl.jsonl.gz --format text -o clean.txt
        cat crawl.jsonl | locbao predict - | jq .id
    """
    if output:
        check_output(output, inputs)
    stream = read_inputs(inputs, max_chars)

    import locbao

    batch(stream, locbao.load(model), output, format)


class Rejects:
    """Where rejected inputs go: into the quarantine file beside the output, or to standard error line by line."""

    def __init__(self, output: Path | None) -> None:
        self.quarantine = Quarantine(output) if output and not is_special(output) else None
        self.count = 0
        self.first: Rejected | None = None

    def add(self, item: Rejected) -> None:
        """Puts one away."""
        self.count += 1
        self.first = self.first or item
        if self.quarantine:
            self.quarantine.add(item)
        else:
            say(f"{item}.")

    @property
    def place(self) -> str:
        """Where to find them, for a message."""
        return f"in {self.quarantine.path}" if self.quarantine else "listed above"


def batch(stream: Iterator[Input | Rejected], model: Labeller, output: Path | None, format: Format) -> None:
    """Labels the stream into `output`, or to standard output for None.

    Raises NothingLabelled; typer.Exit with code 3 if some inputs were rejected.
    """
    rejects = Rejects(output)
    labelled, model_name = 0, signature(model.name, model.digest)
    with live_count("pages labelled", shown=output is not None) as step, open_output(output) as file:
        for item, page in label_stream(stream, model, rejects.add):
            file.write(encode(item.id, page, model_name, format))
            labelled += 1
            step()
            if output is None:
                file.flush()
        if not labelled:
            raise NothingLabelled(rejects)
    if output:
        say(f"Pages labelled: {labelled}, in {output}")
    if rejects.count:
        say(f"Inputs rejected: {rejects.count}, {rejects.place}")
        raise typer.Exit(Exit.SOME_QUARANTINED)


def label_stream(
    stream: Iterator[Input | Rejected], model: Labeller, reject: Callable[[Rejected], None]
) -> Iterator[tuple[Input, "LabelledPage"]]:
    """Each page of the stream with its labels, in order; what was rejected goes to `reject` on the way."""
    waiting: deque[Input] = deque()  # read, but not yet given back: the model works in batches

    def texts() -> Iterator[str]:
        for item in stream:
            if isinstance(item, Rejected):
                reject(item)
            else:
                waiting.append(item)
                yield item.text

    for page in model.label_many(texts()):
        yield waiting.popleft(), page


class NothingLabelled(LocbaoError):
    """Every input was rejected."""

    def __init__(self, rejects: Rejects) -> None:
        super().__init__(
            f"No page was labelled. Inputs rejected: {rejects.count}, {rejects.place}; the first one: "
            f"{rejects.first}. What is read: {READABLE}; UTF-8 text, one block of the page a line."
        )
        self.rejects = rejects
