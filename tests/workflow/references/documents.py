"""Keys and documents for the property tests: what is before a value, its source, the rest."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from a360tui.secret import Secret
from a360tui.workflow.references import FileReference, Fingerprints, Outcome, Result, place_of

PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))

keys = st.one_of(
    st.text(PRINTABLE, min_size=40, max_size=40),
    st.text("'\"\\$`#%{}:-= ;!", min_size=1, max_size=12),
    st.text("ABCabc0123", min_size=1, max_size=40),
)
"""Line-noise, the worst of it, and what keys look like."""

line_ends = st.sampled_from(["\n", "\r\n"])
words = st.text("abcdefgh", min_size=1, max_size=6)
remarks = st.text(PRINTABLE + "äß→", max_size=20)

thorough = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


IN_MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
"""Where syncing a file costs nothing, if there is such a place: what is proved here does not depend on it."""


@dataclass(frozen=True)
class Document:
    """A file's text in three parts."""

    before: str
    source: str
    after: str
    old: str
    """The value that ``source`` stands for."""
    bom: bool = False

    def data(self, source: str | None = None) -> bytes:
        text = self.before + (self.source if source is None else source) + self.after
        return (b"\xef\xbb\xbf" if self.bom else b"") + text.encode()


@dataclass(frozen=True)
class Changed:
    """What became of a document."""

    outcome: Outcome
    data: bytes
    source: str
    """What stands now where the value's source was; the bytes around it are proved to be those of before."""


def changed(reference: FileReference, document: Document, new: str) -> Changed:
    """Put ``new`` into a real file that holds the document, and prove that nothing around the value moved."""
    fingerprints = Fingerprints(Fingerprints.new_pepper())
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        path = Path(folder, "file")
        path.write_bytes(document.data())
        place = place_of(msgspec.structs.replace(reference, path=str(path)), fingerprints)
        outcome = asyncio.run(place.replace(fingerprints.of(Secret(document.old)), Secret(new)))
        data = path.read_bytes()
        assert [path.name] == [left.name for left in Path(folder).iterdir()]
    if outcome.result is not Result.UPDATED:
        assert document.data() == data
        return Changed(outcome, data, document.source)
    assert outcome.read_back
    before, after = document.data("\0").split(b"\0")
    assert data.startswith(before)
    assert data.endswith(after)
    source = data[len(before) : len(data) - len(after)].decode()
    assert len(source.splitlines()) == 1
    return Changed(outcome, data, source)
