"""The body of an answer, decoded as it comes in and never larger than allowed."""

import zlib

from a360tui.api.wire_json import Misfit

GZIP_OR_ZLIB = 47
"""zlib's ``wbits`` for either wrapping."""


class BodyReader:
    """Collects a body of at most ``cap`` bytes.

    No compression is asked for. If a proxy compresses all the same, the body is decompressed, but only up to the cap.
    """

    def __init__(self, into: bytearray, encoding: str, cap: int) -> None:
        self._into = into
        self._cap = cap
        self._inflater = None
        if encoding.lower() in {"gzip", "x-gzip", "deflate"}:
            self._inflater = zlib.decompressobj(GZIP_OR_ZLIB)
        elif encoding.lower() not in {"", "identity"}:
            raise Misfit("is compressed in a way that was not asked for")

    def add(self, chunk: bytes) -> None:
        """Take the next bytes; raises `Misfit` where they exceed the cap or cannot be decoded."""
        if self._inflater is not None:
            if self._inflater.eof:
                raise Misfit("goes on behind the end of its compression")
            try:
                chunk = self._inflater.decompress(chunk, self._cap + 1 - len(self._into))
            except zlib.error:
                raise Misfit("is compressed and damaged") from None
        if len(self._into) + len(chunk) > self._cap:
            raise Misfit(f"is larger than {self._cap // 1024} KiB")
        self._into += chunk

    def end(self) -> None:
        """Check that the body is whole; raises `Misfit` where its compression says that it is not."""
        if self._inflater is not None and (not self._inflater.eof or self._inflater.unused_data):
            raise Misfit("is compressed and damaged")
