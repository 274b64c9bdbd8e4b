"""A real Chromium without a window, driven over the DevTools protocol through two pipes, and what it recorded as a HAR.

The HAR is put together from the protocol's network events and bodies. They are what DevTools' own *Export HAR* is made
of; that one cannot be pressed without a window. The files that browsers save themselves are told by `har_files`.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

_OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # it refuses to run as root with one
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--remote-debugging-pipe",
)


class Browser:
    """One page of it."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._out = os.fdopen(to_browser, "wb", buffering=0)
        self._in = os.fdopen(from_browser, "rb", buffering=0)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self._events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Network", "Page", "Runtime"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        self._session = None
        self.call("Browser.close")
        self._out.close()
        self._in.close()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its answer; events on the way are kept."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer)
                result: dict[str, Any] = answer["result"]
                return result
            self._events.append(answer)

    def run(self, script: str) -> Any:
        """The value of a script; a promise is waited for."""
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def open(self, url: str) -> None:
        """Go to a page and wait until it is there."""
        self.call("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            self._events.append(self._next())

    def har(self) -> dict[str, Any]:
        """What went over the wire so far, as a browser saves it."""
        requests: dict[str, dict[str, Any]] = {}
        for event in self._events:
            parameters = event.get("params", {})
            if isinstance(parameters, dict) and "requestId" in parameters:
                requests.setdefault(parameters["requestId"], {})[event["method"]] = parameters
        entries = [self._entry(number, told) for number, told in requests.items() if "Network.responseReceived" in told]
        return {"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "entries": entries}}

    def _entry(self, number: str, told: dict[str, Any]) -> dict[str, Any]:
        sent = told["Network.requestWillBeSent"]
        request, response = sent["request"], told["Network.responseReceived"]["response"]
        headers = told.get("Network.requestWillBeSentExtraInfo", request)["headers"]
        content: dict[str, Any] = {"size": 0, "mimeType": response["mimeType"]}
        if told.get("Network.loadingFinished") and response["status"] != 204:
            body = self.call("Network.getResponseBody", requestId=number)
            content["text"] = body["body"]
            if body["base64Encoded"]:
                content["encoding"] = "base64"
        entry = {
            "_initiator": sent["initiator"],
            "_resourceType": told["Network.responseReceived"]["type"].lower(),
            "request": {
                "method": request["method"],
                "url": request["url"],
                "httpVersion": response.get("protocol", ""),
                "headers": [{"name": name, "value": value} for name, value in headers.items()],
                "queryString": [],
                "cookies": [],
            },
            "response": {
                "status": response["status"],
                "statusText": response["statusText"],
                "headers": [{"name": name, "value": value} for name, value in response["headers"].items()],
                "content": content,
                "redirectURL": "",
            },
            "startedDateTime": datetime.fromtimestamp(sent["wallTime"], UTC).isoformat(timespec="milliseconds"),
            "time": 5,
        }
        if "postData" in request:
            entry["request"]["postData"] = {"mimeType": "application/json", "text": request["postData"]}
        return entry

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            part = os.read(self._in.fileno(), 1 << 16)
            assert part, "the browser has ended"
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """A browser with nothing of anybody's in it; its files go to a folder of the test."""
    assert CHROMIUM is not None
    to_browser, ours_out = os.pipe()
    ours_in, from_browser = os.pipe()
    environment = {"PATH": os.environ["PATH"], "HOME": str(profile), "LANG": "C.UTF-8"}
    # Chromium reads the pipe 3 and writes the pipe 4.
    redirect = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
    process = subprocess.Popen(
        ["bash", "-c", redirect, "bash", CHROMIUM, *_OPTIONS, f"--user-data-dir={profile / 'chromium'}"],
        pass_fds=(to_browser, from_browser),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser)
    os.close(from_browser)
    try:
        browser = Browser(ours_out, ours_in)
        yield browser
        browser.close()
        process.wait(timeout=30)
    finally:
        process.kill()
        process.wait()
