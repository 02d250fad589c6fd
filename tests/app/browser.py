"""A headless Chromium, driven by the WebDriver protocol; tests that need one are skipped where there is none."""

import json
import shutil
import subprocess
from http.client import HTTPConnection
from typing import Any, Self

import pytest

from tests.support.command import wait_for

_ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
ENTER, SHIFT = "\ue007", "\ue008"


class Browser:
    """One window after another of a browser of its own, until the `with` ends."""

    def __enter__(self) -> Self:
        driver, chromium = shutil.which("chromedriver"), shutil.which("chromium") or shutil.which("google-chrome")
        if not driver or not chromium:
            pytest.skip("needs Chromium and its driver: on Debian, the packages chromium and chromium-driver")
        self._process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        started = next(line for line in self._process.stdout if "successfully on port" in line)
        self._port, self._session = int(started.split("on port ")[1].strip(". \n")), ""
        options = {"binary": chromium, "args": _ARGUMENTS}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"}}
        session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{session['sessionId']}"
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._call("DELETE", "")
        finally:
            self._process.terminate()
            self._process.communicate()

    def open(self, address: str) -> None:
        self._call("POST", "/url", {"url": address})

    def run(self, script: str) -> Any:
        """What a script returns."""
        return self._call("POST", "/execute/sync", {"script": script, "args": []})

    def press(self, keys: str) -> None:
        """Types at whatever has the focus, as soon as the page hears it."""
        wait_for(self._hears)
        self._type(keys)

    def _hears(self) -> bool:
        # Chromium drops keys that are pressed before a new page is drawn, at a time that no event tells.
        listen = "if (!window.heard) addEventListener('keydown', () => { window.heard = true; }); return window.heard"
        if not self.run(listen):
            self._type(SHIFT)
        return bool(self.run("return window.heard"))

    def _type(self, keys: str) -> None:
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def new_tab(self) -> None:
        """Opens a tab and goes there."""
        self.switch(str(self._call("POST", "/window/new", {"type": "tab"})["handle"]))

    def tab(self) -> str:
        return str(self._call("GET", "/window"))

    def switch(self, handle: str) -> None:
        self._call("POST", "/window", {"handle": handle})

    def emulate(self, command: str, **parameters: object) -> None:
        self._call("POST", "/goog/cdp/execute", {"cmd": f"Emulation.{command}", "params": parameters})

    def requests(self) -> list[str]:
        """The addresses that were asked for since the last call."""
        log = self._call("POST", "/se/log", {"type": "performance"})
        events = [json.loads(entry["message"])["message"] for entry in log]
        sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
        return [each["request"]["url"] for each in sent]

    def complaints(self) -> list[str]:
        """What the console holds since the last call: errors, and what the policy of a page has blocked."""
        return [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})]

    def _call(self, method: str, path: str, body: object = None) -> Any:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.request(method, self._session + path, None if body is None else json.dumps(body))
        value = json.loads(connection.getresponse().read())["value"]
        connection.close()
        assert not (isinstance(value, dict) and "error" in value), value
        return value
