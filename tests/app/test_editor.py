"""`locbao corpus edit` as browsers and others speak to it."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.app.editing import SCRIPT, serving
from tests.conftest import ROOT
from tests.support.command import COMMAND, ENVIRONMENT, locbao


class Answer(NamedTuple):
    status: int
    text: str
    headers: dict[str, str]


class Client:
    """Asks an editor at its address, as a page of it does; `headers` take the place of a page's own, None none."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.host, self.token = parts.netloc, parts.path.strip("/")

    def ask(self, path: str, change: object = None, token: str | None = None, **headers: str | None) -> Answer:
        connection = HTTPConnection(self.host, timeout=30)
        defaults = {"Host": self.host, "Origin": f"http://{self.host}" if change is not None else None}
        sent = {name.replace("_", "-"): value for name, value in {**defaults, **headers}.items() if value is not None}
        body = change if isinstance(change, bytes) else None if change is None else json.dumps(change)
        path = f"/{self.token if token is None else token}/{path}"
        connection.request("GET" if change is None else "POST", path, body, sent)
        response = connection.getresponse()
        answer = Answer(response.status, response.read().decode(), dict(response.getheaders()))
        connection.close()
        return answer

    def revision(self, place: int) -> str:
        [revision] = re.findall(r'data-revision="(\w+)"', self.ask(str(place)).text)
        return str(revision)


@pytest.fixture
def client(path: Path) -> Iterator[Client]:
    with serving(path) as editor:
        yield Client(editor.address)


def test_a_port_in_use_is_named(client: Client, path: Path) -> None:
    port = client.host.split(":")[1]
    done = locbao("corpus", "edit", path, "--port", port)
    assert (done.exit_code, done.stdout) == (1, "")
    assert re.search(rf"Error: Port {port}: cannot be served on \(Address .*in use\). Give another --port", done.stderr)


def test_a_change_is_in_the_file_at_once_and_nothing_else_is_touched(client: Client, path: Path) -> None:
    before = path.read_bytes().split(b"\n")
    answer = client.ask("0", {"revision": client.revision(0), "labels": {"1": "sidebar", "4": "sidebar"}})
    assert answer.status == 200
    after = path.read_bytes().split(b"\n")
    assert after[1:] == before[1:]
    assert after[0].endswith(b"\r")
    row, old = json.loads(after[0]), json.loads(before[0])
    assert row["lines"][0] == {"text": SCRIPT, "label": "sidebar"}
    assert row["lines"][3] == {"text": "Chia sẻ", "label": "sidebar"}  # a person has said so: no score
    assert row["lines"][1:3] == old["lines"][1:3]
    assert {**row, "lines": 0} == {**old, "lines": 0}
    sure = client.ask("0", {"revision": json.loads(answer.text)["revision"], "sure": {"3": False}, "checked": True})
    row = json.loads(path.read_bytes().split(b"\n")[0])
    assert (sure.status, row["checked"], row["lines"][2]["sure"], row["lines"][2]["score"]) == (200, True, False, 0.9)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_text_of_the_page_stays_text(client: Client) -> None:
    answer = client.ask("0")
    assert answer.status == 200
    assert SCRIPT not in answer.text
    assert answer.text.count("&lt;script&gt;") == 3  # the title, the heading, the line
    assert answer.text.count("<script") == 1
    [nonce] = re.findall(r'<script nonce="([^"]+)"', answer.text)
    policy = answer.headers["Content-Security-Policy"]
    assert f"script-src 'nonce-{nonce}'" in policy
    assert "default-src 'none'" in policy
    assert nonce not in client.ask("0").text
    assert "◆ border_security" in answer.text


def test_reasons_are_told_on_demand(client: Client) -> None:
    explanation = json.loads(client.ask("0/3").text)
    assert (explanation["label"], explanation["reasons"][1]) == ("body", ["<script>alert(1)</script>", 1.0, -0.5])
    assert client.ask("0/2").status == 404
    assert "blank" in client.ask("0/2").text


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("x", {}),
        ("%C3%A9", {}),
        (None, {"Origin": "https://example.org"}),
        (None, {"Origin": "null"}),
        (None, {"Origin": None}),
        (None, {"Host": "example.org"}),
        (None, {"Host": "example.org", "Origin": "http://example.org"}),  # a name that now leads to this machine
        (None, {"Sec_Fetch_Site": "cross-site"}),
    ],
)
def test_others_change_nothing(client: Client, path: Path, token: str | None, headers: dict[str, str | None]) -> None:
    before = path.read_bytes()
    change = {"revision": client.revision(0), "labels": {"1": "sidebar"}}
    answer = client.ask("0", change, token, **headers)
    assert (answer.status, path.read_bytes()) == (403, before)
    assert "not your editor" in answer.text
    if headers != {"Origin": None}:  # browsers leave it out when they only look
        assert client.ask("0", None, token, **headers).status == 403
    assert client.ask("0", change).status == 200


def test_two_tabs_do_not_overwrite_each_other(client: Client, path: Path) -> None:
    revision = client.revision(0)
    assert client.ask("0", {"revision": revision, "labels": {"1": "caption"}}).status == 200
    before = path.read_bytes()
    late = client.ask("0", {"revision": revision, "labels": {"1": "sidebar"}})
    assert (late.status, path.read_bytes()) == (409, before)
    assert "another tab" in late.text
    assert client.ask("3", {"revision": client.revision(3), "labels": {"1": "sidebar"}}).status == 200  # another page


def test_what_another_program_writes_is_kept(client: Client, path: Path) -> None:
    revision = client.revision(0)
    path.write_bytes(path.read_bytes().replace(b'"kept"', b'"told"'))
    assert client.ask("0", {"revision": revision, "labels": {"1": "caption"}}).status == 409
    path.write_bytes(path.read_bytes() + b'\n{"id": "c", "site": "s", "lines": [{"text": "x", "label": "body"}]}\n')
    assert client.ask("0", {"revision": client.revision(0), "labels": {"1": "caption"}}).status == 200
    assert client.ask("4").status == 200
    path.write_bytes(b"")
    assert (client.ask("").status, client.ask("0").status) == (404, 404)
    path.unlink()
    gone = client.ask("0", {"revision": revision})
    assert (gone.status, "Nothing was saved" in gone.text) == (500, True)


@pytest.mark.parametrize(
    "change",
    [
        b"{",
        b"[" * 100_000,
        [],
        {},
        {"revision": None, "labels": []},
        {"labels": {"1": "title"}},
        {"labels": {"2": "body"}},
        {"labels": {"0": "body"}},
        {"labels": {"99": "body"}},
        {"labels": {"9" * 5000: "body"}},
        {"labels": {"-1": "body"}},
        {"labels": {"1": ["body"]}},
        {"labels": ["body"]},
        {"sure": {"1": "no"}},
    ],
)
def test_bad_changes_are_refused_with_a_sentence(client: Client, path: Path, change: object) -> None:
    before = path.read_bytes()
    if isinstance(change, dict) and change:
        change = {"revision": client.revision(0), **change}
    answer = client.ask("0", change)
    assert (answer.status in (400, 409), path.read_bytes()) == (True, before)
    assert answer.text.endswith(".")


def test_other_addresses_have_nothing(client: Client) -> None:
    for path in ("7", "1", "2", "x", "0/1/2", "0/9", "../0", "9" * 5000):
        assert client.ask(path).status == 404, path
    assert client.ask("").headers["Location"] == f"/{client.token}/0"
    for length in ("9999999", "9" * 5000):
        assert client.ask("0", b"{}", Content_Length=length).status == 400


def test_a_change_has_the_place_of_its_page(client: Client, path: Path) -> None:
    before = path.read_bytes()
    for place, address in ((3, "-1"), (0, "0_0"), (0, "0/0")):
        change = {"revision": client.revision(place), "labels": {"1": "sidebar"}}
        assert (client.ask(address, change).status, path.read_bytes()) == (404, before)


def test_an_address_without_a_slash_is_answered(client: Client) -> None:
    connection = HTTPConnection(client.host, timeout=30)
    connection.request("GET", "x", headers={"Host": client.host})
    assert connection.getresponse().status == 403
    connection.close()


def test_a_killed_editor_has_lost_nothing(path: Path) -> None:
    command = [*COMMAND, "corpus", "edit", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=ENVIRONMENT) as process:
        assert process.stdout
        client = Client(process.stdout.readline().strip())
        assert client.ask("0", {"revision": client.revision(0), "labels": {"1": "caption"}}).status == 200
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert json.loads(path.read_bytes().split(b"\n")[0])["lines"][0]["label"] == "caption"


def test_files_that_cannot_be_edited(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text('{"id": 1}\n')
    for file, what in [
        (empty, "holds no page"),
        (tmp_path / "a.jsonl.gz", "is compressed"),
        (tmp_path / "b", "No such"),
    ]:
        done = locbao("corpus", "edit", file)
        assert (done.exit_code, what in done.stderr) == (1, True), done.stderr


def test_a_folder_that_cannot_be_written_in_is_named_before_work_is_lost(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: bool(os.stat(path).st_mode & 0o222))  # root may write anywhere
    path.parent.chmod(0o555)
    done = locbao("corpus", "edit", path)
    path.parent.chmod(0o755)
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"{path}: changes could not be saved, since nothing may be written in {path.parent}." in done.stderr
