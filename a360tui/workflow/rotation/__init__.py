"""A new key, and nothing lost.

The moment a key is made anew, the old one is dead, and the new one is in one answer only.

::

    preflight → INTENT* → one request → RECEIVED* → verified* → stored* → each reference* … → DONE* → cleared up
                            ├→ refused: nothing was made, nothing is kept
                            └→ UNKNOWN*: no answer → look at the key's date → not done, or LOST*
                                                    (* = durable before anything else happens)

There is no way back, so everything goes forward; what stopped halfway is found by `unfinished` and finished by
`recover`. The answer's bytes are sealed and on disk before they are understood. An answer that never came is looked
for, never asked for again. A reference is changed only with a key that is known to work, and only if it holds what it
held before. One sign-in at most may fail in a rotation, counted over all attempts to finish it.

`prepare` gives a `RotationPlan` to be shown and agreed to; its ``run`` and `recover` give a `RotationResult` and report
on the same lines (`Mark`). The first key goes the same way. Where nothing may be kept on disk, the same steps run
without lock, journal and slots, and the plan says so.

Names are loaded when they are first asked for: a look at what is unfinished must not cost the whole of a rotation.
"""

from typing import TYPE_CHECKING

from a360tui.lazily import loader
from a360tui.workflow.rotation.keeping import Keeping
from a360tui.workflow.rotation.unfinished import Unfinished, unfinished

if TYPE_CHECKING:
    from a360tui.workflow.rotation.pace import PACE, Pace
    from a360tui.workflow.rotation.preflight import PlannedReference
    from a360tui.workflow.rotation.progress import GENERATE, KEEP, SIGN_IN, Mark, OnMark
    from a360tui.workflow.rotation.record import ReferenceStage, Stage, Trial
    from a360tui.workflow.rotation.recovery import recover, set_aside
    from a360tui.workflow.rotation.result import Ending, Kept, ReferenceResult, RotationResult
    from a360tui.workflow.rotation.resuming import resume
    from a360tui.workflow.rotation.rotation import RotationPlan, prepare

__all__ = [
    "GENERATE",
    "KEEP",
    "PACE",
    "SIGN_IN",
    "Ending",
    "Keeping",
    "Kept",
    "Mark",
    "OnMark",
    "Pace",
    "PlannedReference",
    "ReferenceResult",
    "ReferenceStage",
    "RotationPlan",
    "RotationResult",
    "Stage",
    "Trial",
    "Unfinished",
    "prepare",
    "recover",
    "resume",
    "set_aside",
    "unfinished",
]

__getattr__ = loader(
    __name__,
    {
        "pace": ("PACE", "Pace"),
        "preflight": ("PlannedReference",),
        "progress": ("GENERATE", "KEEP", "SIGN_IN", "Mark", "OnMark"),
        "record": ("ReferenceStage", "Stage", "Trial"),
        "recovery": ("recover", "set_aside"),
        "result": ("Ending", "Kept", "ReferenceResult", "RotationResult"),
        "resuming": ("resume",),
        "rotation": ("RotationPlan", "prepare"),
    },
)
