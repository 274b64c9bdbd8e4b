"""How long, how large, how often: the bounds of every exchange with a Control Room."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds; the defaults are the product's, tests make them small. Times are in seconds."""

    connect: float = 10.0
    """To a connection, TLS included."""
    exchange: float = 15.0
    """From the first step to the answer's last byte."""
    generate: float = 90.0
    """The same for the call that makes a key: its answer comes once, so it is waited for."""
    answer_bytes: int = 8 * 1024 * 1024
    """Of an answer's body, decoded."""
    depth: int = 64
    """Levels of nesting in an answer."""
    rows: int = 2_000_000
    """Of one list, after which it is taken for one that does not end."""
    pages: int = 20_000
    """The same by its pages: a server may give one row a page."""
    read_attempts: int = 4
    """How often a read is sent before its failure counts; a write is sent once."""
    retry_wait: float = 0.1
    """Before the first repetition of a read; it doubles each time."""
    longest_retry_wait: float = 30.0
    """However long a ``Retry-After`` asks for."""
