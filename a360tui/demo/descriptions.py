"""The API descriptions of the embedded Control Room: a page under ``/swagger/``, and the files that it names.

The paths are those of real Control Rooms. The calls that are not public are in no file.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from a360tui.demo.calls import Endpoint

INDEX = "/swagger/"


@dataclass(frozen=True, slots=True)
class Description:
    """One file."""

    path: str
    title: str
    base: str
    """The common prefix of its calls."""


DESCRIPTIONS = tuple(
    Description(f"{INDEX}api/{version}/{name}-api-supported.yaml", title, f"/{version}/{base}")
    for version in ("v1", "v2")
    for name, title, base in (
        ("auth", "Authentication API", "authentication"),
        ("um", "User Management API", "usermanagement"),
    )
)


def index_page(calls: Iterable[Endpoint]) -> str:
    """The page, with a link to each file that describes a call."""
    served = tuple(calls)
    links = "\n".join(
        f'<li><a href="{each.path}">{each.title}</a></li>' for each in DESCRIPTIONS if _described(each, served)
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><title>API documentation</title></head>\n<ul>\n{links}\n</ul></html>\n'
    )


def file_text(description: Description, calls: Iterable[Endpoint]) -> str:
    """A minimal Swagger 2.0 file in YAML: only the calls."""
    lines = ['swagger: "2.0"', "info:", f"  title: {description.title}", f"basePath: {description.base}", "paths:"]
    last = ""
    for call in sorted(_described(description, tuple(calls)), key=lambda call: (call.path, call.method)):
        if call.path != last:
            lines.append(f"  {call.path.removeprefix(description.base) or '/'}:")
        lines += [f"    {call.method.lower()}:", "      responses: {}"]
        last = call.path
    return "\n".join([*lines, ""])


def _described(description: Description, calls: tuple[Endpoint, ...]) -> list[Endpoint]:
    return [call for call in calls if call.path == description.base or call.path.startswith(f"{description.base}/")]
