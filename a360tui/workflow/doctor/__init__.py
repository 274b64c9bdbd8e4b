"""`examine`: checks every step from resolving a name to the user's permissions, one after the other.

A step is fine, has something to note, failed, or was not tried since a step that it needs failed. Examining changes
nothing: no call is tried that the vendor does not publish, nothing is written to a Control Room, and there is one
sign-in at most, with the credential that is at hand. `Report` presents it to people, to programs, and in a form that
can be shown to others.
"""

from a360tui.workflow.doctor.examination import STEPS, examine
from a360tui.workflow.doctor.finding import Finding, Outcome, Seen
from a360tui.workflow.doctor.report import Report
from a360tui.workflow.doctor.subject import Setting, Subject

__all__ = ["STEPS", "Finding", "Outcome", "Report", "Seen", "Setting", "Subject", "examine"]
