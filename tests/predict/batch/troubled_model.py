"""The stand-in model with pages that make trouble: what stands in a page's text is what happens on it."""

import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import Any

from locbao.features.page import Page
from locbao.predict.labelled import LabelledPage
from tests.support.fake_model import FakeModel


class TroubledModel(FakeModel):
    """`DIE` kills the process, `EXIT` ends it, `HANG` sleeps for an hour, `RAISE` raises.

    `ONCE` kills the process the first time, `SLOW` takes a twentieth of a second.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def label(self, text: str | Page, markup: str = "auto", **options: object) -> LabelledPage:
        written = text if isinstance(text, str) else text.text
        if "DIE" in written or ("ONCE" in written and self._first_time()):
            os.kill(os.getpid(), signal.SIGKILL)
        if "EXIT" in written:
            os._exit(7)
        if "HANG" in written:
            time.sleep(3600)
        if "RAISE" in written:
            raise ValueError("no such page")
        if "SLOW" in written:
            time.sleep(0.05)
        return super().label(text, markup, **options)

    def _first_time(self) -> bool:
        mark = self._folder / "once"
        if mark.exists():
            return False
        mark.touch()
        return True


def load(folder: Path) -> Any:
    return TroubledModel(folder)


def loader(folder: Path) -> "partial[Any]":
    """What a worker calls to get the model; `folder` is where it remembers things."""
    return partial(load, folder)


class DyingModel(TroubledModel):
    """Kills the process at any page once the file `ill` is there; it comes with the first page that has `FALL ILL`."""

    def label(self, text: str | Page, markup: str = "auto", **options: object) -> LabelledPage:
        if "FALL ILL" in (text if isinstance(text, str) else text.text):
            (self._folder / "ill").touch()
        if (self._folder / "ill").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return super().label(text, markup, **options)


def dying(folder: Path) -> Any:
    return DyingModel(folder)


def die(folder: Path) -> Any:
    os._exit(9)


def other_each_time(folder: Path) -> Any:
    """A model that was replaced since the last process loaded it."""
    model = TroubledModel(folder)
    model.digest = str(len(list(folder.iterdir()))) * 12
    (folder / f"loaded {model.digest[0]}").touch()
    return model


def named_by_its_threads() -> Any:
    """A model whose name tells in how many threads its process computes, at most."""
    import numpy as np  # noqa: F401
    from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

    model = FakeModel()
    model.name = f"threads: {max(library['num_threads'] for library in threadpool_info())}"
    return model
