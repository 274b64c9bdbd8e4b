from enum import StrEnum


class Unpublished(StrEnum):
    """Which shape the three calls have that are not public (``control-room-api.md`` §8)."""

    ASSUMED = "assumed"
    """As the product assumes them."""
    OTHER = "other"
    """Otherwise, and the assumed ones are absent."""
