from enum import StrEnum


class Release(StrEnum):
    """The release whose calls are served (``control-room-api.md`` §1)."""

    V40 = "v40"
    """v2 alone, with the three calls under ``/v1/authentication`` that remain."""
    V32 = "v32"
    """v2 and v1."""
    V11_3 = "11.3"
    """v1 alone."""
