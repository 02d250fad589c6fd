"""`locbao corpus edit`: a web page on this machine alone, in which people correct the labels of a corpus.

Nobody else may use it: every request has to come to this address under its own name, carry the token that stands in the
address printed at the start, and, where a browser says where it comes from, come from a page of the editor.
"""

import json
import secrets
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from locbao.features.errors import LocbaoError, SourceError
from locbao.predict.explain import UnknownLine
from locbao.predict.model import Model
from locbao.rendering.html_documents import render_editor
from locbao.rendering.terminal import readable
from locbao.train.annotate.edits import BadChange, CorpusFile, PageChanged
from locbao.train.corpus.corpus_files import CorpusError

_LONGEST = 1 << 20  # bytes of a change
_REASONS = 6  # shown for a line
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FORBIDDEN = "This is not your editor. Open the address that `locbao corpus edit` printed when it was started."
_NO_PAGE = "There is no such page."


class Editor(ThreadingHTTPServer):
    """Serves the pages of a corpus file on the loopback address; `port` 0 takes a free one.

    `GET /TOKEN/PLACE` is the page at that place, `GET /TOKEN/PLACE/LINE` the reasons of a line as JSON; `POST
    /TOKEN/PLACE` makes a change, `{"revision", "labels"?, "sure"?, "checked"?}`, as `CorpusFile.change` takes it, and
    answers with the new revision.

    Raises SourceError where the port is in use, or not allowed.
    """

    daemon_threads = True

    def __init__(self, corpus: CorpusFile, model: Model, port: int = 0) -> None:
        self.corpus, self.model, self.token = corpus, model, secrets.token_urlsafe(24)
        try:
            super().__init__(("127.0.0.1", port), _Request)
        except OSError as error:
            what = f"cannot be served on ({error.strerror})"
            raise SourceError(f"Port {port}", what, "Give another --port, or leave it out for a free one.") from None

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Browsers break connections off when a page is left; anything else is told on standard error."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Request(BaseHTTPRequestHandler):
    server: Editor
    timeout = 30  # seconds for a request to arrive

    def do_GET(self) -> None:
        self._answer(self._show)

    def do_POST(self) -> None:
        self._answer(self._change)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the address holds the token."""

    def _answer(self, answer: Callable[[list[str]], None]) -> None:
        token, *path = self.path.partition("?")[0].removeprefix("/").split("/")
        if not self._may_be_answered(token):
            self._send(HTTPStatus.FORBIDDEN, _FORBIDDEN)
            return
        try:
            answer(path)
        except PageChanged as error:
            self._send(HTTPStatus.CONFLICT, str(error))
        except BadChange as error:
            self._send(HTTPStatus.BAD_REQUEST, str(error))
        except (CorpusError, UnknownLine) as error:
            self._send(HTTPStatus.NOT_FOUND, str(error))
        except (LocbaoError, OSError) as error:
            if isinstance(error, ConnectionError | TimeoutError):
                raise
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, f"Nothing was saved. {error}")

    def _may_be_answered(self, token: str) -> bool:
        """Whether the request has the token, and comes from here."""
        hosts = [f"{name}:{self.server.server_port}" for name in ("127.0.0.1", "localhost")]
        host = self.headers.get("Host", "")
        # A browser names the origin of every change; who changes by other means has to do the same.
        origin = self.headers.get("Origin", f"http://{host}" if self.command == "GET" else "")
        site = self.headers.get("Sec-Fetch-Site", "none")
        from_here = host in hosts and origin == f"http://{host}" and site in ("none", "same-origin")
        return from_here and secrets.compare_digest(token.encode(), self.server.token.encode())

    def _show(self, path: list[str]) -> None:
        corpus, model = self.server.corpus, self.server.model
        match path:
            case [""]:
                pages = corpus.pages()
                unchecked = [page for page in pages if not page.row.get("checked")]
                first = next(iter(unchecked or pages), None) or corpus.page(0)
                self._send(HTTPStatus.SEE_OTHER, "", Location=f"/{self.server.token}/{first.place}")
            case [place] if _is_number(place):
                pages = corpus.pages()
                page = next((page for page in pages if page.place == int(place)), None) or corpus.page(int(place))
                nonce = secrets.token_urlsafe(16)
                html = render_editor(page, pages, model.label(page.text, "text"), nonce)
                policy = {"Content-Security-Policy": _POLICY.format(nonce=nonce)}
                self._send(HTTPStatus.OK, html, "text/html", **policy)
            case [place, line] if _is_number(place) and _is_number(line):
                explained = model.explain(corpus.page(int(place)).text, int(line), "text")
                strongest = explained.reasons[:_REASONS]
                reasons = [(readable(reason.feature), reason.value, reason.weight) for reason in strongest]
                explanation = {"label": explained.label, "score": explained.score, "reasons": reasons}
                self._send(HTTPStatus.OK, json.dumps(explanation), "application/json")
            case _:
                self._send(HTTPStatus.NOT_FOUND, _NO_PAGE)

    def _change(self, path: list[str]) -> None:
        if len(path) != 1 or not _is_number(path[0]):
            self._send(HTTPStatus.NOT_FOUND, _NO_PAGE)
            return
        size = self.headers.get("Content-Length", "")
        if not (_is_number(size) and int(size) <= _LONGEST):
            raise BadChange(f"A change has its length before it, and no more than {_LONGEST:,} bytes.")
        try:
            change = json.loads(self.rfile.read(int(size)))
            revision = change["revision"]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise BadChange(f"This is no change of a page ({error!r}).") from None
        page = self.server.corpus.change(int(path[0]), revision, change)
        self._send(HTTPStatus.OK, json.dumps({"revision": page.revision}), "application/json")

    def _send(self, status: HTTPStatus, text: str, kind: str = "text/plain", **headers: str) -> None:
        content = text.encode(errors="backslashreplace")
        self.send_response(status)
        for name, value in {**_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10  # Python takes no text of thousands of digits for a number
