"""`examine`: every step from a name to a permission, looked at one after the other.

A step is fine, gives something to note, failed, or was not tried since a step that it needs did not come about. Nothing
is changed by looking: no call is tried out that the vendor does not publish, nothing is written to a Control Room, and
a sign-in is made once, with what there is, or not at all. `Report` says it for people, for programs, and in a form
that can be shown to others.
"""

from a360tui.workflow.doctor.examination import STEPS, examine
from a360tui.workflow.doctor.finding import Finding, Outcome, Seen
from a360tui.workflow.doctor.report import Report
from a360tui.workflow.doctor.subject import Setting, Subject

__all__ = ["STEPS", "Finding", "Outcome", "Report", "Seen", "Setting", "Subject", "examine"]
