"""A Control Room's release, in its own words, and what an old one lacks (``control-room-api.md §1, 7``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a360tui.api import Version

V1_ALONE = "It speaks only v1, as 11.3.2 does: no call tells the version, and the assumed calls are under /v1."
"""What to know of a Control Room that has no v2."""


def version_words(version: Version | None) -> str:
    """``40.0.0.0 Sprint, build 29417``: what the Control Room says, which is not the marketing version."""
    if version is None:
        return "not told"
    named = f"{version.version_number} {version.version_release}".strip()
    build = f"build {version.build_number}" if version.build_number else ""
    return ", ".join(filter(None, (named, build))) or "not told"


def release_words(version: Version | None, api: str | None) -> str:
    """The version and the API in a line: ``version 40.0.0.0 Sprint, build 29417, API v2``."""
    return f"version {version_words(version)}, API {api}" if api else f"version {version_words(version)}"
