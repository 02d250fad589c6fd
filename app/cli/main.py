"""The command `locbao`. The commands import what they need when they run: `--help` must come at once."""

import io
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from locbao.cli.console import one_message
from locbao.cli.corpus import corpus
from locbao.cli.experiments import experiments
from locbao.cli.models import models
from locbao.cli.predict import predict
from locbao.cli.shared import Grouped
from locbao.cli.show import explain, show
from locbao.cli.train import evaluate, train


class _Group(TyperGroup):
    """All commands."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command."""
        try:
            with one_message():
                return super().invoke(ctx)
        except typer.BadParameter as error:  # checked by pydantic, whose word for an error belongs in no message
            error.message = error.message.removeprefix("Value error, ")
            raise


# Help and usage errors as plain text: typer's rich ones cost a fifth of a second, mostly for boxes.
app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from locbao import __version__

        print(f"locbao {__version__}")
        raise typer.Exit


@app.callback()
def locbao(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Label the lines of Vietnamese news pages: the article's body, its captions, and the sidebar around them.

    A page is plain text, one block of the page a line. For example:

    \b
        locbao show page.txt
        locbao predict pages/ -o labelled.jsonl
        locbao predict page.txt --format text

    Exit codes: 0 all done; 1 nothing could be done; 2 wrong usage; 3 done, but some inputs were rejected.
    """


for command in (predict, show, explain, evaluate):
    app.command(cls=Grouped)(command)
app.add_typer(corpus, name="corpus")
app.add_typer(train, name="train")
app.add_typer(models, name="models")
app.add_typer(experiments, name="experiments")


def main() -> None:
    """Runs the command that `sys.argv` holds, and exits."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that is not UTF-8 cannot show Vietnamese
    app(prog_name="locbao")
