"""A new key, and nothing lost.

The moment a new key is made, the old one is dead, and the new one exists in a single answer.

::

    preflight → INTENT* → one request → RECEIVED* → verified* → stored* → each reference* … → DONE* → cleared up
                            ├→ refused: no key was made, nothing is kept
                            └→ UNKNOWN*: no answer → look at the key's date → not done, or LOST*
                                                    (* = durable before anything else happens)

There is no way back, so everything goes forward: what stopped halfway is found by `unfinished` and completed by
`recover`. The bytes of the answer are sealed and on disk before they are interpreted. If the answer never comes, its
outcome is looked for; the request is never repeated. A reference is changed only to a key that is known to work, and
only if it still holds what it held before. At most one sign-in of a rotation may fail, counted over all attempts to
finish it. The states, and who moves between them, are in `record`.

`prepare` gives a `RotationPlan` to be shown and agreed to; its ``run`` and `recover` give a `RotationResult` and report
progress on the same lines (`Mark`). A first key takes the same path. Where nothing may be kept on disk, the same steps
run without lock, journal and slots, and the plan says so.

Names are loaded when they are first used: looking for unfinished rotations must not import all of this.
"""

from typing import TYPE_CHECKING

from a360tui.lazily import loader
from a360tui.workflow.rotation.safekeeping import Safekeeping
from a360tui.workflow.rotation.unfinished import Unfinished, unfinished

if TYPE_CHECKING:
    from a360tui.workflow.rotation.pace import PACE, Pace
    from a360tui.workflow.rotation.plan import RotationPlan, prepare
    from a360tui.workflow.rotation.preflight import PlannedReference
    from a360tui.workflow.rotation.progress import GENERATE, KEEP, SIGN_IN, Mark, OnMark
    from a360tui.workflow.rotation.record import ReferenceStage, SignInAttempt, Stage
    from a360tui.workflow.rotation.recovery import recover, set_aside
    from a360tui.workflow.rotation.result import Ending, Kept, ReferenceResult, RotationResult
    from a360tui.workflow.rotation.resuming import resume

__all__ = [
    "GENERATE",
    "KEEP",
    "PACE",
    "SIGN_IN",
    "Ending",
    "Kept",
    "Mark",
    "OnMark",
    "Pace",
    "PlannedReference",
    "ReferenceResult",
    "ReferenceStage",
    "RotationPlan",
    "RotationResult",
    "Safekeeping",
    "SignInAttempt",
    "Stage",
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
        "record": ("ReferenceStage", "Stage", "SignInAttempt"),
        "recovery": ("recover", "set_aside"),
        "result": ("Ending", "Kept", "ReferenceResult", "RotationResult"),
        "resuming": ("resume",),
        "plan": ("RotationPlan", "prepare"),
    },
)
