"""One file per page, in a folder that mirrors the ids of the pages."""

import re
import struct
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from locbao.predict.reading.items import Id

_LONGEST_NAME = 200  # bytes of a name; file systems take 255, and a suffix is to follow
_LONGEST_PATH = 1000  # bytes
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|%\ud800-\udfff]')
_LENGTHS = struct.Struct(">IQ")  # bytes of a packed path and of its content


def place(id: Id, suffix: str) -> str:
    """The path of a page's file in the folder: its id with `suffix`, if it has not that already.

    Ids that come from rows may hold anything. Parts that would leave the folder or that no file can be called by are
    percent-encoded, and long ones are cut and told apart by a digest.
    """
    parts = [_name(part) for part in str(id).split("/") if part not in ("", ".")] or ["page"]
    parts[-1] = parts[-1] if parts[-1].lower().endswith(suffix) else parts[-1] + suffix
    path = "/".join(parts)
    return path if len(path.encode()) <= _LONGEST_PATH else _digest(path) + suffix


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files, path and content, as bytes that can be appended to others."""
    packed = bytearray()
    for path, content in files:
        name = path.encode()
        packed += _LENGTHS.pack(len(name), len(content)) + name + content
    return bytes(packed)


def unpack(packed: Path, folder: Path) -> None:
    """Writes the packed files into the folder; doing it again changes nothing. Raises OSError.

    A page whose place is taken by a different one gets `~2`, `~3`, … before its suffix.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / ".%part"  # no page is called so, as a % is escaped
    last: dict[Path, int] = {}
    with packed.open("rb") as file:
        while header := file.read(_LENGTHS.size):
            path, content = map(file.read, _LENGTHS.unpack(header))
            target = _free(folder / path.decode(), folder, content, last)
            if target:
                fresh.write_bytes(content)
                fresh.replace(target)


def _free(target: Path, folder: Path, content: bytes, last: dict[Path, int]) -> Path | None:
    """Where the content is to be written: `target` or a place beside it; None if it stands there already.

    `last`: the last number given beside a place, so that a million pages of one id do not ask for all before them.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):  # a page is called like a folder
        name = "%2F".join(target.relative_to(folder).parts)
        target = folder / f"{_cut(name.removesuffix(target.suffix))}{target.suffix}"
    place = target
    while target.exists():
        if target.is_file() and target.read_bytes() == content:
            return None
        last[place] = last.get(place, 1) + 1
        target = place.with_name(f"{place.stem}~{last[place]}{place.suffix}")
    return target


def _name(part: str) -> str:
    return _cut("%2E%2E" if part == ".." else _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", part))


def _cut(name: str) -> str:
    if len(name.encode()) <= _LONGEST_NAME:
        return name
    return f"{name.encode()[:_LONGEST_NAME].decode(errors='ignore')}~{_digest(name)}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
