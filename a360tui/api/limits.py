"""`Limits`: how long, how large, how often; the bounds of every exchange with a Control Room."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds; the defaults are the product's, tests make them small. Times are in seconds."""

    connect: float = 10.0
    """To connect, TLS included."""
    exchange: float = 15.0
    """From the first step to the answer's last byte."""
    generate: float = 90.0
    """The same for the call that makes a key, whose answer comes only once."""
    answer_bytes: int = 8 * 1024 * 1024
    """Bytes of an answer's body, decoded."""
    depth: int = 64
    """Levels of nesting in an answer."""
    rows: int = 2_000_000
    """Rows of one list, after which it is taken to be endless."""
    pages: int = 20_000
    """The same in pages: a server may send one row a page."""
    read_attempts: int = 4
    """How often a read is sent before it fails; a write is sent once."""
    retry_wait: float = 0.1
    """Before the first retry of a read; doubles each time."""
    longest_retry_wait: float = 30.0
    """The longest ``Retry-After`` that is waited for."""
