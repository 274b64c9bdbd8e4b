"""What a process costs: processor time and memory of it and its children, from /proc."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def family(process: int) -> list[int]:
    """The process and all below it."""
    found, waiting = [], [process]
    while waiting:
        parent = waiting.pop()
        found.append(parent)
        try:
            for task in Path(f"/proc/{parent}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def processor_seconds(process: int) -> float:
    """User and system time of the family; in nanoseconds for what lives, in ticks with what has ended."""
    exact, ticks = 0, 0
    for member in family(process):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
            for task in Path(f"/proc/{member}/task").iterdir():
                exact += int((task / "schedstat").read_text().split()[0])
        except OSError:
            continue
    return max(ticks / _TICKS, exact / 1e9)


def peak_megabytes(process: int) -> float:
    """The most memory that the family has had, each process at its own highest."""
    kilobytes = 0
    for member in family(process):
        try:
            lines = Path(f"/proc/{member}/status").read_text().splitlines()
        except OSError:
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return kilobytes / 1024
