"""From bytes to text: UTF-8 for data, what a browser would do for HTML."""

import codecs
import re
from typing import TYPE_CHECKING

from locbao.predict.reading.items import Unusable

if TYPE_CHECKING:
    from webencodings import Encoding


FALLBACKS = ("windows-1258", "windows-1252")
"""What HTML is read as if nothing says its encoding and it is not UTF-8: a Vietnamese browser's choice comes first."""

_DECLARED_WITHIN = 1 << 16  # bytes from the start; browsers foresee 1,024, and start again at a later declaration

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_COMMENT = re.compile(rb"<!--.*?(?:-->|$)", re.DOTALL)
_META = re.compile(rb"<meta[\s/][^>]*", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*+=\s*+[\"']?\s*+([^\s\"'/>;]+)", re.IGNORECASE)
_ABOUT = re.compile(rb"\s(?:name|property)\s*=", re.IGNORECASE)  # a <meta> that tells of something else
_NOT_ASCII = bytes(range(0x80, 0x100))
_ONE_BYTE = ("windows-", "iso-8859-")


def decode(data: bytes) -> str:
    """UTF-8 text without its byte order mark. Raises Unusable: other encodings, binary data."""
    if data[:2] in _UTF16:
        raise Unusable("The text is UTF-16, not UTF-8 (iconv -f UTF-16 -t UTF-8 converts it)")
    _check_not_binary(data)
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unusable(
            f"The text is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}, line {line}"
        ) from None


def decode_html(data: bytes) -> str:
    """The text of an HTML file, read as browsers do (WHATWG HTML, "Determining the character encoding").

    A byte order mark decides; then a `<meta>` with a charset near the top, by the WHATWG table of labels; then UTF-8,
    if at least four in five of the sequences of several bytes are valid; then FALLBACKS. What the encoding has no
    character for becomes U+FFFD. Bytes that are UTF-8 by that measure are read as such whatever encoding of one byte a
    character they declare: browsers went by the header of the answer, which a saved page lacks. Raises Unusable:
    binary data.
    """
    if data[:2] in _UTF16:
        return data[2:].decode(_UTF16[data[:2]], errors="replace")
    _check_not_binary(data)
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode(errors="replace")
    declared = _declared(data)
    if declared and not declared.name.startswith(_ONE_BYTE):
        return data.decode(_codec(declared), errors="replace")
    text = data.decode(errors="replace")
    flaws = text.count("\ufffd") - data.count("\ufffd".encode())
    beyond_ascii = len(text) - len(data.translate(None, _NOT_ASCII))
    if flaws * 5 <= beyond_ascii:
        return text
    return data.decode(_codec(declared), errors="replace") if declared else _legacy(data)


def _declared(data: bytes) -> "Encoding | None":
    """The encoding that the HTML declares, if it is one that browsers know."""
    import webencodings

    for meta in _META.findall(_COMMENT.sub(b"", data[:_DECLARED_WITHIN])):
        charset = None if _ABOUT.search(meta) else _CHARSET.search(meta)
        encoding = webencodings.lookup(charset[1].decode("latin-1")) if charset else None
        if encoding and encoding.name != "replacement":
            return encoding
    return None


def _codec(encoding: "Encoding") -> str:
    """Python's name of an encoding."""
    if encoding.name.startswith("utf-16"):  # it was read as ASCII, so it is not
        return "utf-8"
    return "cp1252" if encoding.name == "x-user-defined" else str(encoding.codec_info.name)


def _legacy(data: bytes) -> str:
    for encoding in FALLBACKS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode(FALLBACKS[0], errors="replace")


def _check_not_binary(data: bytes) -> None:
    zero = data.find(b"\0")
    if zero >= 0:
        raise Unusable(f"The data is binary: a zero byte at offset {zero}")
