"""Plans of experiments: TOML files that say what is tried against what; docs/experiments.md explains their keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from math import prod
from pathlib import Path
from typing import Any

from pydantic import BaseModel, PrivateAttr

from locbao.experiments.trials.kind import TrialKind
from locbao.experiments.trials.line_trials import LineTrials
from locbao.experiments.trials.topic_trials import TopicTrials
from locbao.train.configuration import ConfigError, Configuration, checked, read_toml

PLANS = Path(__file__).parents[1] / "plans"
"""The plans that come with locbao, found by their names."""

KINDS: dict[str, TrialKind] = {"lines": LineTrials(), "topics": TopicTrials()}
"""What plans can train. A new kind is a class with the methods of `TrialKind` and one entry here."""

MOST_TRIALS = 1000
"""Trainings of a plan; each takes minutes, and lists of values multiply."""

_EXAMPLE = "See docs/experiments.md for an example."


@dataclass(frozen=True, slots=True)
class Trial:
    """One training of a plan: a variant at one value of what is repeated, with all the keys that were given for it."""

    variant: str
    repeat: Mapping[str, Any]
    configuration: Mapping[str, Any]

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.variant, listed(self.repeat))))


class ExperimentPlan(BaseModel):
    """A plan as read; its fields are the keys of its file."""

    model_config = Configuration.model_config

    title: str
    kind: str
    base: dict[str, Any] = {}
    variants: dict[str, dict[str, Any]] = {"": {}}
    grid: dict[str, list[Any]] = {}
    repeat: dict[str, list[Any]] = {}
    against: str = ""
    """The variant that the others are set against; "" for none."""
    names: str = "variant"
    """Heading of the variants in the comparison."""
    figures: list[str] = []
    """Figures in the comparison; those of the kind if there are none."""
    groups: list[str] = []
    """Groups of scores in the comparison (for lines, styles of pages); all if there are none."""
    note: str = ""
    """What readers of the comparison must know, Markdown."""

    _path: Path = PrivateAttr()

    @property
    def source(self) -> str:
        """The plan's file."""
        return str(self._path)

    @property
    def name(self) -> str:
        """The name of the plan's file, which its results bear."""
        return self._path.stem

    @property
    def trained(self) -> TrialKind:
        """What the plan trains. Raises ConfigError."""
        if self.kind not in KINDS:
            raise ConfigError(self.source, f"unknown kind {self.kind!r}", f"Known kinds: {', '.join(KINDS)}.")
        return KINDS[self.kind]

    def trials(self) -> list[Trial]:
        """Every training there is to do, the repeats of a variant one after another."""
        return [
            Trial(", ".join(filter(None, (variant, listed(point)))), repeat, {**self.base, **change, **point, **repeat})
            for variant, change in self.variants.items()
            for point in _combinations(self.grid)
            for repeat in _combinations({key: values for key, values in self.repeat.items() if key not in change})
        ]

    def base_of(self, trial: Trial) -> Trial | None:
        """The trial that this one is set against; None for those of that variant, or where there is none."""
        if not self.against or trial.variant == self.against:
            return None
        bases = (other for other in self.trials() if other.variant == self.against)
        return next(base for base in bases if all(trial.repeat.get(k, v) == v for k, v in base.repeat.items()))


def find_plans(wanted: str) -> list[ExperimentPlan]:
    """The plan of a file or of that name, or all plans of a folder, sorted. Raises ConfigError."""
    path, shipped = Path(wanted), PLANS / f"{wanted}.toml"
    if path.is_dir():
        files = sorted(path.glob("*.toml"))
        if not files:
            raise ConfigError(wanted, "no plan in this folder", "Give one with .toml files.")
        return [read_plan(file) for file in files]
    if not path.is_file() and not shipped.is_file():
        names = ", ".join(sorted(file.stem for file in PLANS.glob("*.toml")))
        raise ConfigError(wanted, "no such plan", f"Give a file, a folder or one of: {names}.")
    return [read_plan(path if path.is_file() else shipped)]


def read_plan(path: Path) -> ExperimentPlan:
    """The plan in a file.

    Raises ConfigError: the file or that of its base cannot be read, an unknown or missing key, a value of a wrong type,
    nothing to try or more than MOST_TRIALS, an `against` that is no variant.
    """
    keys = read_toml(path, _EXAMPLE)
    if isinstance(base := keys.get("base"), str):
        keys["base"] = read_toml(path.parent / base, _EXAMPLE)
    plan = checked(ExperimentPlan, keys, str(path))
    plan._path = path
    count = prod(map(len, chain([plan.variants], plan.grid.values(), plan.repeat.values())))
    if count > MOST_TRIALS:
        what = f"up to {count:,} trainings to do"
        raise ConfigError(str(path), what, f"Give fewer variants or values: {MOST_TRIALS:,} trainings at most.")
    variants = [trial.variant for trial in plan.trials()]
    if not all(variants) or not variants:
        raise ConfigError(str(path), "nothing to try", "Add [variants] or a [grid], with something in them.")
    if plan.against and plan.against not in variants:
        what = f"no variant {plan.against!r} to set the others against"
        raise ConfigError(str(path), what, f"There is: {variants[0]!r}.")
    return plan


def _combinations(values: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Every choice of one value for each key; one empty choice where there is no key."""
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]


def listed(values: Mapping[str, Any]) -> str:
    """`key=value, …`."""
    return ", ".join(f"{key}={value}" for key, value in values.items())
