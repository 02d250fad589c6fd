"""Configurations: TOML files read, and values checked by pydantic models, with messages for who wrote them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from locbao.features.errors import SourceError

_Item = TypeVar("_Item")
_Model = TypeVar("_Model", bound=BaseModel)
# What pydantic and what TOML call them.
_NAMES = {"integer": "whole number", "string": "text", "tuple": "list", "dictionary": "table", "Tuple": "List"}

_MOST_BYTES, _MOST_PARTS = 2**18, 100

Listed = Annotated[tuple[_Item, ...], Strict(False)]
"""A tuple that a file gives as a list."""


class ConfigError(SourceError):
    """A configuration, a plan or a topic file that cannot be used."""


class Configuration(BaseModel):
    """Settings by name. A whole number is taken where a float is meant; nothing else is converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a manifest; without those that are not set."""
        return self.model_dump(exclude_none=True)


def fault(what: str, hint: str) -> PydanticCustomError:
    """What a validator raises: what is wrong with the value, and what to try."""
    return PydanticCustomError("fault", "{what}", {"what": what, "hint": hint})


def _not_one(folds: int) -> int:
    if folds == 1:
        raise fault("one fold leaves nothing to learn from", "Give 2 or more, or 0 for no scores.")
    return folds


Count = Annotated[int, Field(ge=0)]
Several = Annotated[int, Field(ge=1)]
Weight = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
FoldCount = Annotated[Count, AfterValidator(_not_one)]


def read_toml(path: Path, hint: str) -> dict[str, Any]:
    """What a TOML file says. Raises ConfigError: no such file; not TOML, with the hint what to write; a file that is
    too long or nested too deep, a key or a number without end."""
    try:
        if path.exists() and not path.is_file():
            raise ConfigError(str(path), "no file, but a folder, a pipe or a device", "Check the path.")
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise ConfigError(str(path), f"longer than {_MOST_BYTES:,} bytes", hint)
        text = data.decode()
        if any(line.count(".") > _MOST_PARTS for line in text.split("\n")):  # tomllib is quadratic in a key's parts
            raise ConfigError(str(path), f"a line with more than {_MOST_PARTS} full stops", hint)
        values = tomllib.loads(text)
        if not _in_64_bits(values):
            raise ConfigError(str(path), "a whole number beyond 64 bits", hint)
        return values
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read ({error.strerror})", "Check the path.") from None
    except RecursionError:
        raise ConfigError(str(path), "nested too deep", hint) from None
    except ValueError as error:  # no TOML, no UTF-8, or a number of thousands of digits
        raise ConfigError(str(path), f"not TOML ({error})", hint) from None


def _in_64_bits(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(map(_in_64_bits, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, int) or value.bit_length() < 64


def read_configuration(kind: type[_Model], path: Path | None, **overrides: Any) -> _Model:
    """The configuration in a TOML file (the defaults without one), with those `overrides` that are not None.

    Raises ConfigError: no such file, not TOML, an unknown key, a value of a wrong type or size.
    """
    values = {} if path is None else read_toml(path, "Write lines such as folds = 5.")
    values |= {key: value for key, value in overrides.items() if value is not None}
    return checked(kind, values, str(path or "configuration"))


def checked(kind: type[_Model], values: Mapping[str, Any], source: str) -> _Model:
    """The values as a pydantic model describes them; `source` is their name in messages. Raises ConfigError."""
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        # A key may be missing as it is misspelt.
        first = min(error.errors(), key=lambda detail: detail["type"] == "missing")
        raise _config_error(kind, first, source) from None


def _config_error(kind: type[BaseModel], error: ErrorDetails, source: str) -> ConfigError:
    """A fault that pydantic found, in the words of TOML, at a place such as `recipe.video` or `groups, number 1`."""
    keys = [key if isinstance(key, int) or key.isprintable() else ascii(key) for key in error["loc"]]
    value, context, hint = repr(error.get("input"))[:120], error.get("ctx", {}), error["msg"]
    for name, plain in _NAMES.items():
        hint = hint.replace(name, plain)
    hint = hint.replace("Input should be", "It should be").replace("a valid ", "a ") + "."
    match error["type"]:
        case "fault":
            what, hint = context["what"], context["hint"]
        case "extra_forbidden":
            what = f"unknown key {keys.pop()!r}"
            hint = "Correct or delete it." if keys else f"Known keys: {', '.join(kind.model_fields)}."
        case "missing":
            what, hint = "missing", "Add it."
        case "literal_error":
            what, hint = f"unknown {value}", f"Use {context['expected']}."
        case "greater_than" | "greater_than_equal":
            what = f"{value} is too small"
        case "less_than" | "less_than_equal":
            what = f"{value} is too large"
        case "finite_number":
            what = f"{value} is not finite"
        case "too_short" | "too_long":
            what = f"{value} has too {'few' if error['type'] == 'too_short' else 'many'} values"
        case _:
            what = f"{value} is of the wrong type"
    place = "".join(f", number {key + 1}" if isinstance(key, int) else f".{key}" for key in keys)
    return ConfigError(": ".join(filter(None, (source, place.removeprefix(".")))), what, hint)
