"""A corpus goes through Label Studio itself and back; run by hand, since Label Studio is a gigabyte.

    python -m venv ls && ls/bin/pip install label-studio
    python -m tests.train.annotate.label_studio_trip ls/bin/label-studio

Starts it on loopback with a database of its own, imports what `locbao corpus export` writes, takes the predictions over
as annotations but for one label, and prints what `locbao corpus import` makes of the export.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from tempfile import TemporaryDirectory
from typing import Any

from locbao.train.annotate.label_studio import CONFIGURATION
from tests.conftest import ROOT
from tests.support.command import locbao, wait_for

_TOKEN = "0123456789abcdef0123456789abcdef01234567"
_PERSON = "mai@example.org"


@contextmanager
def label_studio(binary: str, folder: Path) -> Iterator[int]:
    """Runs it in the folder; the port."""
    with create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    environment = os.environ | {
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }
    account = ["--username", _PERSON, "--password", "of-no-use-elsewhere", "--user-token", _TOKEN]
    place = [
        "--internal-host",
        "127.0.0.1",
        "--port",
        str(port),
        "--data-dir",
        str(folder),
        "--database",
        str(folder / "db"),
    ]
    with (folder / "log").open("wb") as log:
        command = [binary, "start", "--no-browser", *place, *account]
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        wait_for(lambda: answers(port) or process.poll() is not None, seconds=300)
        yield port
    finally:
        process.terminate()
        process.wait()
        print((folder / "log").read_text()[-2000:] if sys.exception() else "", end="")


def answers(port: int) -> bool:
    try:
        return isinstance(ask(port, "GET", "/api/version"), dict)
    except (OSError, ValueError):
        return False


def ask(port: int, method: str, path: str, body: object = None) -> Any:
    """What its API answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Authorization": f"Token {_TOKEN}", "Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    text = response.read().decode()
    assert response.status < 300, f"{method} {path}: {response.status} {text[:500]}"
    return json.loads(text)


def main(binary: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        draft, mine = folder / "draft.jsonl", folder / "mine.jsonl"
        tasks, exported = folder / "tasks.json", folder / "exported.json"
        print(locbao("corpus", "draft", ROOT / "app" / "demo", "--site", "demo", "-o", draft).stderr.split(",")[0])
        locbao("corpus", "export", draft, "--format", "label-studio", "-o", tasks)
        with label_studio(binary, folder) as port:
            print("Label Studio", ask(port, "GET", "/api/version")["release"])
            project = ask(port, "POST", "/api/projects", {"title": "demo", "label_config": CONFIGURATION})["id"]
            told = ask(port, "POST", f"/api/projects/{project}/import", json.loads(tasks.read_text(encoding="utf-8")))
            print(f"imported: {told['task_count']} tasks, {told['prediction_count']} predictions")
            listed = ask(port, "GET", f"/api/tasks?project={project}&fields=all")["tasks"]
            for task in sorted(listed, key=lambda each: int(each["id"])):
                result = ask(port, "GET", f"/api/predictions?task={task['id']}")[0]["result"]
                if task is min(listed, key=lambda each: int(each["id"])):
                    result[0]["value"]["paragraphlabels"] = ["caption"]
                ask(port, "POST", f"/api/tasks/{task['id']}/annotations", {"result": result})
            content = ask(port, "GET", f"/api/projects/{project}/export?exportType=JSON")
            exported.write_text(json.dumps(content), encoding="utf-8")
        done = locbao("corpus", "import", exported, "--format", "label-studio", "-o", mine)
        print(done.stderr.split(",")[0])
        before, after = (path.read_text(encoding="utf-8").splitlines() for path in (draft, mine))
        same = sum(map(str.__eq__, before, after))
        print(f"rows that came back byte for byte: {same} of {len(before)}")
        print(locbao("corpus", "check", mine, "--against", draft).stdout.replace(name, "…"), end="")


if __name__ == "__main__":
    main(sys.argv[1])
