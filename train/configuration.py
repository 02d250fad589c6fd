"""Configurations in TOML files: how they are read and checked, whatever they configure."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from locbao.features.errors import LocbaoError


class ConfigError(LocbaoError):
    """A configuration that cannot be used."""

    def __init__(self, source: str, what: str, hint: str) -> None:
        super().__init__(f"{source}: {what}. {hint}")


def read_toml(path: Path, hint: str) -> dict[str, Any]:
    """What a TOML file says. Raises ConfigError: no such file; not TOML, with the hint what to write."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read ({error.strerror})", "Check the path.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"not TOML ({error})", hint) from None


def checked(
    chosen: Mapping[str, Any], known: Mapping[str, Any], least: Mapping[str, float], source: str
) -> dict[str, Any]:
    """The chosen values, each as the type of the `known` default. `least`: of numbers that cannot be just any.

    Raises ConfigError: an unknown key, a value of another type, a number that is too small, `folds` that is 1.
    """
    values = {}
    for key, value in chosen.items():
        if key not in known:
            raise ConfigError(source, f"unknown key {key!r}", f"Known keys: {', '.join(known)}.")
        values[key] = as_type(known[key], value, f"{source}: {key}")
        if key in least and not values[key] >= least[key]:  # nan is not either
            raise ConfigError(f"{source}: {key}", f"{value} is too small", f"Give at least {least[key]}.")
    if values.get("folds") == 1:
        raise ConfigError(
            f"{source}: folds", "one fold leaves nothing to learn from", "Give 2 or more, or 0 for no scores."
        )
    return values


def as_type(default: Any, value: Any, source: str) -> Any:
    """The value as the default's type: lists become tuples, whole numbers floats where a float is meant."""
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        item = default[0] if default else ("a site",)  # the default of `groups` is empty
        return tuple(as_type(item, one, source) for one in value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        raise ConfigError(source, f"{value!r} is of the wrong type", f"Give a value such as {default!r}.")
    return value
