"""What the manifest of a model says of how it was made."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from locbao.train.tracking.run import DataFile


def provenance(configuration: Mapping[str, Any], data: Sequence[DataFile], refit: Sequence[str]) -> dict[str, Any]:
    """The entries `configuration`, `data`, by whose digests a reader knows the files again, and `refit`."""
    files = [{"file": file.name, "sha256": file.sha256} for file in data]
    return {"configuration": dict(configuration), "data": files, "refit": list(refit)}


def refit(kind: str, corpora: Sequence[Path], **options: Any) -> list[str]:
    """The arguments after `locbao train` that make a model again, but for `-o`.

    `options`: by name; None or empty where not given, several values where given more than once.
    """
    arguments = [kind, *map(str, corpora)]
    for name, given in options.items():
        values = given if isinstance(given, list | tuple) else [given]
        arguments += [part for value in values if value not in (None, "") for part in (f"--{name}", str(value))]
    return arguments
