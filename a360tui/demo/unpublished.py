from enum import StrEnum


class Unpublished(StrEnum):
    """The shape of the three calls that are not public (``control-room-api.md`` §8)."""

    ASSUMED = "assumed"
    """As the product assumes them."""
    OTHER = "other"
    """In another shape; the assumed calls do not exist."""
