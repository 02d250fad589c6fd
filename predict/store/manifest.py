"""manifest.json of a model folder: what the model is, what it was made with, and the hash of every other file.

Written in one canonical form and closed by a digest of itself, so that any changed byte is noticed. It holds no date:
the same training gives the same manifest and so the same digest. The model's name is part of it:
`locbao train lines` takes that from the folder where it saves, unless it is given as --name.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from locbao.features.errors import LocbaoError
from locbao.features.labels import LABELS

FORMAT = 1
"""Number of the folder format. Bump it when a reader of the old number would misread a new folder or refuse it: a file
more or less, a renamed or newly required key of the manifest, another pickle shape, another digest rule. Not for a
new optional key or new feature columns (the model's own configuration says those). A reader knows its own number only:
older models are trained again."""

MANIFEST = "manifest.json"
CARD = "MODEL_CARD.md"
PART_SUFFIX = ".joblib"
PARTS = ("lines", "site", "topics")
"""What a model may have; every one has the first."""

SHORT_DIGEST = 12
"""Hex digits of a digest that people are shown."""

MAX_MANIFEST = 2**20
"""Bytes; a manifest with the scores of a thousand sites has some 200 kB."""

MAX_FILES = 32 * 2**20
"""Bytes of all other files together; those of the shipped model have 3 MB."""

MAX_NAME = 200
"""Characters of the name of a model, and of a topic or a group in it."""


class ModelFolderError(LocbaoError):
    """A model folder cannot be read or written: `folder` is its path, `reason` says why."""

    claim = "The model folder {folder!r} cannot be used"
    hint = ""

    def __init__(self, folder: Path, reason: str, hint: str = "") -> None:
        self.folder, self.reason = folder, reason
        super().__init__(f"{self.claim.format(folder=str(folder))}: {reason}. {hint or self.hint}")


class NotAModel(ModelFolderError):
    """There is no model in this place."""

    claim = "{folder!r} holds no locbao model"
    hint = (
        "Give the folder that `locbao train lines -o DIR` wrote, or no model at all to use the one that comes with "
        "locbao."
    )


class UnreadableModel(ModelFolderError):
    """A model folder is not what was saved, or not one that this version of locbao reads."""

    claim = "The model in {folder!r} was refused"
    hint = "Get the folder again from where it came, or train a model with `locbao train lines -o DIR`."


class UnsavedModel(ModelFolderError):
    """A model cannot be saved in this place, and nothing that stood there was changed."""

    claim = "The model was not saved to {folder!r}"
    hint = "Check the folder's rights and the free space, or give another folder."


def may_be_named(name: object) -> bool:
    """Whether a model, or a topic of one, may have this name."""
    return isinstance(name, str) and name.isprintable() and len(name) <= MAX_NAME


def file_name(name: str) -> bool:
    """Whether a file of a model, other than the manifest, may have this name."""
    return name == CARD or name in {part + PART_SUFFIX for part in PARTS}


def without_front_matter(card: str) -> str:
    """The card as people read it."""
    return re.sub(r"\A---\n.*?\n---\n+", "", card, flags=re.DOTALL)


def describe(data: bytes) -> dict[str, Any]:
    """The manifest's entry for a file."""
    return {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


def seal(manifest: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The manifest with its digest, and its bytes as they stand in the file."""
    open_ = {key: value for key, value in manifest.items() if key != "digest"}
    sealed = {**open_, "digest": hashlib.sha256(_canonical(open_)).hexdigest()}
    return sealed, _canonical(sealed)


def parse(data: bytes, folder: Path) -> dict[str, Any]:
    """The manifest in `data`, checked: canonical, of this format, unchanged since it was sealed, no odd file names.

    Raises UnreadableModel.
    """
    try:
        manifest = json.loads(data)
        if not isinstance(manifest, dict) or type(manifest.get("format")) is not int:
            raise UnreadableModel(folder, "its manifest has no format number")
        if manifest["format"] != FORMAT:
            reason = f"it has format {str(manifest['format'])[:20]}, and this locbao reads format {FORMAT}"
            newer = "It comes from a newer locbao: update this one with `pip install -U locbao`."
            older = "It comes from an older locbao: train it again with `locbao train lines -o DIR`."
            raise UnreadableModel(folder, reason, newer if manifest["format"] > FORMAT else older)
        unchanged = seal(manifest) == (manifest, data)
    except (ValueError, RecursionError) as error:
        raise UnreadableModel(folder, f"its manifest is no JSON that locbao writes ({str(error)[:80]})") from None
    changed = "was changed after it was written: its digest does not fit"
    if problem := next(_problems(manifest), None) if unchanged else changed:
        raise UnreadableModel(folder, f"its manifest {problem}")
    return manifest


def _problems(manifest: dict[str, Any]) -> Iterator[str]:
    """What keeps a sealed manifest from being read; the first one counts. Anybody can seal one, so nothing is taken on
    trust."""
    name, files, versions = manifest.get("name"), manifest.get("files", {}), manifest.get("versions")
    if not may_be_named(name):
        yield "gives the model no name that can be printed"
    if manifest.get("labels", [*LABELS]) != [*LABELS]:
        yield f"is of a model of other labels than {', '.join(LABELS)}"
    if not isinstance(versions, dict) or not all(isinstance(text, str) for text in versions.values()):
        yield "does not list the versions the model was made with"
    topics = manifest.get("topics", {})
    if not isinstance(topics, dict) or not all(isinstance(entry, dict) for entry in topics.values()):
        yield "does not list the model's topics"
    if not all(map(_lists_data, (manifest.get("data", []), *(entry.get("data") for entry in topics.values())))):
        yield "does not list the data the model was made from"
    if not isinstance(files, dict) or not {CARD, PARTS[0] + PART_SUFFIX} <= files.keys():
        yield "does not list the model's files"
    for name, entry in files.items():
        if not file_name(name):
            yield f"lists {name[:80]!a}, which is no name for a file of a model"
        if not (isinstance(entry, dict) and type(entry.get("size")) is int and type(entry.get("sha256")) is str):
            yield f"gives no size and hash for {name}"
        if not 0 <= entry["size"] <= MAX_FILES:
            yield f"gives {name} a size that no file of a model has; at most {MAX_FILES} bytes are allowed"
    if sum(entry["size"] for entry in files.values()) > MAX_FILES:
        yield f"lists files of more than {MAX_FILES} bytes together"


def _lists_data(data: object) -> bool:
    """Whether this names files and their hashes."""
    return isinstance(data, list) and all(
        isinstance(file, dict) and all(isinstance(file.get(key), str) for key in ("file", "sha256")) for file in data
    )


def _canonical(manifest: Mapping[str, Any]) -> bytes:
    text = json.dumps(manifest, ensure_ascii=True, allow_nan=False, indent=1, sort_keys=True, default=_plain)
    return text.encode("ascii") + b"\n"


def _plain(value: Any) -> Any:
    """numpy's scalars and arrays, which scores tend to be."""
    return value.tolist()
