"""Find the calls that a Swagger or OpenAPI file describes.

Such a file is somebody else's, may be large, and may be YAML with anything in it. So only its lines are searched; no
reference is followed and no object is built.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from a360tui.text import harmless, shortened

_METHODS = frozenset({"get", "put", "post", "delete", "patch"})
_BASE = re.compile(r"""^\s*(?:-\s*)?["']?(?:basePath|url)["']?\s*:\s*["']?([^\s"'#]+)""")
_PATH = re.compile(r"""^(\s*)["']?(/[^"'\s]*?)["']?\s*:\s*(?:#.*)?$""")
_METHOD = re.compile(r"""^(\s+)["']?([a-z]+)["']?\s*:\s*(?:#.*)?$""")
_VERSIONED = re.compile(r"/v\d+/")
_LONGEST = 200


@dataclass(frozen=True)
class DescribedCall:
    """One call that a file describes; its texts are harmless."""

    method: str
    path: str
    """Path from the root of the Control Room."""


def described_calls(content: bytes) -> tuple[DescribedCall, ...]:
    """The calls that a file describes; empty where it describes none, or is something else."""
    text = content.decode("utf-8-sig", "replace")
    found = _in_json(text) if text.lstrip().startswith("{") else _in_yaml(text)
    return tuple(dict.fromkeys(found))


def _in_json(text: str) -> Iterator[DescribedCall]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    servers = document.get("servers")
    first: Any = servers[0] if isinstance(servers, list) and servers else {}
    base = document.get("basePath") or (first.get("url") if isinstance(first, dict) else "")
    paths = document.get("paths")
    for path, methods in paths.items() if isinstance(paths, dict) else ():
        for method in methods if isinstance(methods, dict) else ():
            if method in _METHODS:
                yield _call(method, str(base or ""), path)


def _in_yaml(text: str) -> Iterator[DescribedCall]:
    base, path, depth = "", "", 0
    for line in text.splitlines():
        if not base and (found := _BASE.match(line)):
            base = found[1]
        elif place := _PATH.match(line):
            path, depth = place[2], len(place[1])
        elif path and (verb := _METHOD.match(line)) and verb[2] in _METHODS and len(verb[1]) > depth:
            yield _call(verb[2], base, path)


def _call(method: str, base: str, path: str) -> DescribedCall:
    try:
        start = urlsplit(base).path.rstrip("/")
    except ValueError:
        start = ""
    whole = path if _VERSIONED.match(path) else start + path
    return DescribedCall(method.upper(), shortened(harmless(whole), _LONGEST))
