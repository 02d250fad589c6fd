"""Model folders on disk: written whole or not at all, and read only when every byte is the one that was saved.

manifest.json   what the model is, and the hash of each other file (predict/store/manifest.py)
<part>.joblib   one file for each part, such as "lines" (predict/store/audit.py)
MODEL_CARD.md   for people
"""

import hashlib
import importlib.metadata
import os
import platform
import secrets
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from locbao.predict.store import manifest as manifests
from locbao.predict.store.audit import audit, build, dump
from locbao.predict.store.manifest import CARD, MANIFEST, PART_SUFFIX, NotAModel, UnreadableModel, UnsavedModel
from locbao.predict.store.schema import UnfitPart, check
from locbao.predict.writing.atomic_files import sync_folder

_LIBRARIES = ("locbao", "numpy", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Stored:
    """A model folder's content. `digest` names it: 64 hex digits that cover every byte of the folder."""

    manifest: dict[str, Any]
    parts: dict[str, Any]
    digest: str
    card: str


def save(folder: Path, parts: Mapping[str, object], manifest: Mapping[str, Any], card: str) -> str:
    """Writes a model folder and returns its digest; the same arguments give the same bytes.

    `manifest` needs "name" (text), which the digest depends on as on all else in it. "format", "versions", "files" and
    "digest" are added here. An older model in `folder` is replaced once the new one is complete on disk.

    Raises:
        UnsafePart: a part holds something that could not be loaded again.
        UnreadableModel: "name" is missing, or a part has a name that is no file name (a-z, 0-9, _).
        UnsavedModel: the folder holds other things than a model, the manifest is too long to be read, or the system
            refuses to write.
    """
    folder = Path(folder).resolve()
    files = {name + PART_SUFFIX: dump(part, name) for name, part in parts.items()} | {CARD: card.encode()}
    versions = {library: importlib.metadata.version(library) for library in _LIBRARIES}
    sealed, data = manifests.seal(
        {
            **manifest,
            "format": manifests.FORMAT,
            "versions": {**versions, "python": platform.python_version()},
            "files": {name: manifests.describe(content) for name, content in files.items()},
        }
    )
    manifests.parse(data, folder)
    if len(data) > manifests.MAX_MANIFEST:
        reason = f"its manifest would have {len(data):,} bytes, and {manifests.MAX_MANIFEST:,} are read"
        raise UnsavedModel(folder, reason, "It lists each file of the corpora: put them into fewer files.")
    _check_parts(parts, manifest, folder)
    check_target(folder)
    try:
        _write(folder, {**files, MANIFEST: data})
    except OSError as error:
        raise UnsavedModel(folder, error.strerror or str(error)) from error
    digest: str = sealed["digest"]
    return digest


def read(folder: Path) -> Stored:
    """Reads a model folder: manifest, list of files, hashes, audit of all parts; only then builds them as plain values,
    and holds these against the schema.

    The versions of libraries in the manifest are facts, no conditions: arrays do not depend on what wrote them.

    Raises:
        NotAModel: there is no model in this place.
        UnreadableModel: the folder is not the one that was saved.
        UnsafePart: a part holds something that is not on the list; nothing was built.
    """
    folder = Path(folder)
    manifest = _manifest(folder)
    unlisted = sorted({*os.listdir(folder)} - {MANIFEST, *manifest["files"]})
    if unlisted:
        shown = ", ".join(ascii(name[:60]) for name in unlisted[:5])
        hint = f"Remove it if you put it there yourself; otherwise: {UnreadableModel.hint}"
        raise UnreadableModel(folder, f"it holds what its manifest does not list: {shown}", hint)
    contents = {name: _checked_file(folder, name, entry) for name, entry in manifest["files"].items()}
    parts = {name.removesuffix(PART_SUFFIX): data for name, data in contents.items() if name.endswith(PART_SUFFIX)}
    for name, data in parts.items():
        audit(data, name)
    built = {name: build(data, name) for name, data in parts.items()}
    _check_parts(built, manifest, folder)
    return Stored(manifest, built, manifest["digest"], contents[CARD].decode(errors="replace"))


def _check_parts(parts: Mapping[str, Any], manifest: Mapping[str, Any], folder: Path) -> None:
    """Raises UnreadableModel if the parts are not those of a model, or not of the one that the manifest tells of."""
    try:
        check(parts)
    except UnfitPart as error:
        raise UnreadableModel(folder, str(error)) from None
    topics = parts["topics"]["topics"] if "topics" in parts else {}
    if topics.keys() != manifest.get("topics", {}).keys():
        raise UnreadableModel(folder, "its manifest does not name the topics of topics.joblib")


def _manifest(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise NotAModel(folder, "it is no folder" if folder.exists() else "it does not exist")
    if not os.path.lexists(folder / MANIFEST):
        raise NotAModel(folder, f"there is no {MANIFEST} in it")
    return manifests.parse(_file(folder, MANIFEST, manifests.MAX_MANIFEST), folder)


def _checked_file(folder: Path, name: str, entry: dict[str, Any]) -> bytes:
    data = _file(folder, name, entry["size"])
    if len(data) != entry["size"] or hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise UnreadableModel(folder, f"{name} is not the file that was saved: its hash does not fit")
    return data


def _file(folder: Path, name: str, limit: int) -> bytes:
    """The content of a regular file of at most `limit` bytes; links, pipes and devices are not followed or opened."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(folder / name, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableModel(folder, f"{name} is no regular file")
            if status.st_size > limit:
                raise UnreadableModel(folder, f"{name} has {status.st_size} bytes, and {limit} are allowed")
            return file.read(limit)
    except FileNotFoundError:
        raise UnreadableModel(folder, f"{name} is missing") from None
    except OSError as error:
        raise UnreadableModel(folder, f"{name} cannot be read as a plain file ({error.strerror})") from None


def check_target(folder: Path, name: str = "", *, force: bool = True) -> None:
    """Raises UnsavedModel if something else than a model stands where one is to be saved, or, without `force`, a model;
    if nothing can be written there; or if no model may have this name. `folder` is absolute."""
    if not manifests.may_be_named(name):
        hint = f"Give it one of {manifests.MAX_NAME} characters at most that can all be printed, with --name or as -o."
        raise UnsavedModel(folder, "no model can have its name", hint)
    try:
        if not force and (folder / MANIFEST).exists():
            hint = "Give another folder, or --force to replace it (force=True in Python)."
            raise UnsavedModel(folder, "there is a model already", hint)
        if not _replaceable(folder):
            reason = "it exists and holds other things than a model, which saving would delete"
            raise UnsavedModel(folder, reason, "Give a new folder, or empty this one first.")
        with TemporaryFile(dir=next(above for above in folder.parents if above.exists())):
            pass
    except OSError as error:
        raise UnsavedModel(folder, error.strerror or str(error)) from error


def _replaceable(folder: Path) -> bool:
    """Nothing is there, or nothing but a model."""
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    names = {*os.listdir(folder)}
    only_model = {MANIFEST, CARD} <= names and all(manifests.file_name(name) for name in names - {MANIFEST})
    return not names or only_model


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes a new folder beside `folder`, then puts it in its place by renaming. A crash between the two renames that
    replace an older model leaves both whole beside it, as .NAME.*.new and .NAME.*.old."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    mark = secrets.token_hex(4)
    new, old = (folder.with_name(f".{folder.name}.{mark}.{age}") for age in ("new", "old"))
    try:
        new.mkdir()
        for name, data in files.items():
            with open(new / name, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(new)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except BaseException:
        if old.exists():
            old.rename(folder)
        shutil.rmtree(new, ignore_errors=True)
        raise
    sync_folder(folder.parent)
    shutil.rmtree(old, ignore_errors=True)
