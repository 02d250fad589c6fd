"""Plans of experiments: TOML files that say what is tried against what.

title = "What the vocabulary is worth"
kind = "lines"              # what is trained: a key of `locbao.experiments.trials.kinds.KINDS`
base = "../quick.toml"      # the configuration that all variants start from, a file or a table
against = "all words"       # the variant that the others are set against

[variants]                  # keys that differ from the base
"all words" = {}
"no words" = { words = 1 }

[grid]                      # every variant with every combination of these values
strength = [0.03, 0.1, 0.3]

[repeat]                    # every variant that does not say itself, once for each of these values;
seed = [1, 2, 3]            # the comparison shows means
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import product
from pathlib import Path
from typing import Any

from locbao.features.errors import LocbaoError

PLANS = Path(__file__).parents[1] / "plans"
"""The plans that come with locbao, found by their names."""

Values = Mapping[str, Any]


class PlanError(LocbaoError):
    """A plan that cannot be carried out."""

    def __init__(self, source: str, what: str, hint: str) -> None:
        super().__init__(f"{source}: {what}. {hint}")


@dataclass(frozen=True, slots=True)
class Trial:
    """One training of a plan: a variant at one value of what is repeated, with all the keys that were given for it."""

    variant: str
    repeat: Values
    configuration: Values

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.variant, listed(self.repeat))))


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as read; `name` is its file's name, which its results bear."""

    name: str
    source: str
    title: str
    kind: str
    base: Values = field(default_factory=dict)
    variants: Mapping[str, Values] = field(default_factory=lambda: {"": {}})
    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    repeat: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    against: str = ""
    """The variant that the others are set against; "" for none."""
    names: str = "variant"
    """Heading of the variants in the comparison."""
    figures: Sequence[str] = ()
    """Figures in the comparison; those of the kind if there are none."""
    groups: Sequence[str] = ()
    """Groups of scores in the comparison (for lines, styles of pages); all if there are none."""
    note: str = ""
    """What readers of the comparison must know, Markdown."""

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


_TEXTS = ("title", "kind", "against", "names", "note")
_GIVEN = {entry.name for entry in fields(Plan)} - {"name", "source"}


def find_plans(wanted: str) -> list[Plan]:
    """The plan of a file or of that name, or all plans of a folder, sorted. Raises PlanError."""
    path = Path(wanted)
    if path.is_dir():
        files = sorted(path.glob("*.toml"))
        if not files:
            raise PlanError(wanted, "no plan in this folder", "Give one with .toml files.")
        return [read_plan(file) for file in files]
    if path.is_file():
        return [read_plan(path)]
    known = {file.stem: file for file in sorted(PLANS.glob("*.toml"))}
    if wanted not in known:
        raise PlanError(wanted, "no such plan", f"Give a file, a folder or one of: {', '.join(known)}.")
    return [read_plan(known[wanted])]


def read_plan(path: Path) -> Plan:
    """The plan in a file.

    Raises PlanError: the file or that of its base cannot be read, an unknown or missing key, a value of a wrong type,
    nothing to try, an `against` that is no variant.
    """
    given = _read(path)
    if strange := sorted(set(given) - _GIVEN):
        raise PlanError(str(path), f"unknown key {strange[0]!r}", f"Known keys: {', '.join(sorted(_GIVEN))}.")
    for key in ("title", "kind"):
        if key not in given:
            raise PlanError(str(path), f"no {key!r}", f'Add a line such as {key} = "lines".')
    _check_types(given, str(path))
    base = given.get("base", {})
    given["base"] = _read(path.parent / base) if isinstance(base, str) else base
    given["note"] = given.get("note", "").strip()
    plan = Plan(path.stem, str(path), **given)
    names = [trial.variant for trial in plan.trials()]
    if not all(names) or not names:
        raise PlanError(str(path), "nothing to try", "Add [variants] or a [grid], with something in them.")
    if plan.against and plan.against not in names:
        raise PlanError(str(path), f"no variant {plan.against!r} to set the others against", f"There is: {names[0]!r}.")
    return plan


def _check_types(given: Values, source: str) -> None:
    for key, value in given.items():
        if key in _TEXTS:
            wanted, right = "a text", isinstance(value, str)
        elif key in ("figures", "groups"):
            wanted, right = "a list of texts", _is_list_of(str, value)
        elif key in ("grid", "repeat"):
            wanted, right = "a table of lists", isinstance(value, dict) and _is_list_of(list, list(value.values()))
        elif key == "variants":
            wanted, right = "a table of tables", isinstance(value, dict) and _is_list_of(dict, list(value.values()))
        else:
            wanted, right = "a file's name or a table", isinstance(value, str | dict)
        if not right:
            raise PlanError(f"{source}: {key}", f"not {wanted}", "See docs/experiments.md for an example.")


def _is_list_of(kind: type, value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlanError(str(path), f"cannot be read ({error.strerror})", "Check the path.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanError(str(path), f"not TOML ({error})", "See docs/experiments.md for an example.") from None


def _combinations(values: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Every choice of one value for each key; one empty choice where there is no key."""
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]


def listed(values: Values) -> str:
    """`key=value, …`."""
    return ", ".join(f"{key}={value}" for key, value in values.items())
