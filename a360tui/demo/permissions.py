"""The catalogue: every permission that a role of the embedded Control Room can grant.

It has all pairs that are public (``control-room-api.md`` §3), and others in the same style. Pairs are compared without
case.
"""

from typing import NamedTuple


class Pair(NamedTuple):
    """A permission as the wire names it; its id differs between installations."""

    action: str
    resource_type: str

    @property
    def folded(self) -> str:
        """The pair in the form in which it is compared."""
        return f"{self.resource_type}/{self.action}".casefold()


GENERATE_API_KEY = Pair("generateapikey", "api")
VIEW_SETTINGS = Pair("View", "Settings")
MANAGE_SETTINGS = Pair("Manage", "Settings")
VIEW_ROLES = Pair("rolesview", "rolesmanagement")
MANAGE_ROLES = Pair("rolesmanagement", "rolesmanagement")
VIEW_USERS = Pair("usermanagement", "usermanagement")
CREATE_USERS = Pair("createuser", "usermanagement")
UPDATE_USERS = Pair("updateuser", "usermanagement")
DELETE_USERS = Pair("deleteuser", "usermanagement")

SECTIONS: dict[str, tuple[str, ...]] = {
    "dashboard": ("view", "managedashboard"),
    "activity": ("viewmyinprogress", "viewallinprogress", "manageinprogress", "viewhistory"),
    "taskscheduling": ("myschedule", "scheduleall", "deleteschedule"),
    "repositorymanager": (
        "mybots",
        "viewcontent",
        "checkin",
        "checkout",
        "cancelcheckout",
        "runbot",
        "export",
        "import",
    ),
    "packages": ("viewpackages", "managepackages"),
    "credentials": ("managecredentials", "managelockers", "adminlockers"),
    "devices": ("view", "register", "managedevices", "managepools", "adminpools"),
    "workload": ("viewqueues", "createqueues", "adminqueues", "slacalculator"),
    "eventtriggers": ("view", "manage", "managemytriggers"),
    "auditlog": ("view", "archive"),
    "usermanagement": ("usermanagement", "createuser", "updateuser", "deleteuser", "viewuserrolebasicinfo"),
    "rolesmanagement": ("rolesview", "rolesmanagement"),
    "licensemanagement": ("licensemanagement", "licenseinstall"),
    "migration": ("view", "manage", "updatestatus"),
    "Settings": ("View", "Manage"),
    "api": ("generateapikey", "botinsightapi"),
    "iqbotapi": ("accessreportingapi", "accessuploadanddownloadapi", "accessnlpapi"),
    "botinsightapi": ("coeadmin",),
    "aari": ("viewrequests", "managerequests", "manageteams"),
}
"""Resource type → its actions, in the order of the role page."""

CATALOGUE: tuple[Pair, ...] = tuple(
    Pair(action, resource_type) for resource_type, actions in SECTIONS.items() for action in actions
)


def of(resource_type: str, *actions: str) -> tuple[Pair, ...]:
    """The pairs of one section; all of them where no action is named."""
    return tuple(Pair(action, resource_type) for action in actions or SECTIONS[resource_type])
