"""The permissions that the role set-up offers, by section.

The pairs are the documented ones (``control-room-api.md §3``); where the vendor documents no label, the pair is put in
plain words. A permission that is not here stays in a role untouched: set-up only adds.
"""

from collections.abc import Iterable

from a360tui.api import GENERATE_API_KEY, Permission

VIEW_ROLES = Permission("rolesview", "rolesmanagement")
MANAGE_ROLES = Permission("rolesmanagement", "rolesmanagement")
VIEW_USERS = Permission("usermanagement", "usermanagement")
VIEW_SETTINGS = Permission("View", "Settings")
MANAGE_SETTINGS = Permission("Manage", "Settings")

_SECTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "API": (
        ("generateapikey", "api", "Generate API-Key"),
        ("botinsightapi", "api", "Bot Insight API"),
    ),
    "Users": (
        ("usermanagement", "usermanagement", "View users"),
        ("createuser", "usermanagement", "Create users"),
        ("updateuser", "usermanagement", "Edit users"),
        ("deleteuser", "usermanagement", "Delete users"),
        ("viewuserrolebasicinfo", "usermanagement", "View users' and roles' basic information"),
    ),
    "Roles": (
        ("rolesview", "rolesmanagement", "View roles"),
        ("rolesmanagement", "rolesmanagement", "Manage roles"),
    ),
    "Licenses": (
        ("licensemanagement", "licensemanagement", "View and manage licenses"),
        ("licenseinstall", "licensemanagement", "Install licenses"),
    ),
    "Migration": (
        ("view", "migration", "View migrations"),
        ("manage", "migration", "Manage migrations"),
        ("updatestatus", "migration", "Update migration status"),
    ),
    "IQ Bot API": (
        ("accessreportingapi", "iqbotapi", "Reporting API"),
        ("accessuploadanddownloadapi", "iqbotapi", "Upload and download API"),
        ("accessnlpapi", "iqbotapi", "NLP API"),
    ),
    "Bot Insight": (("coeadmin", "botinsightapi", "CoE administration"),),
    "Dashboard": (("view", "dashboard", "View dashboards"),),
    "Schedules": (("myschedule", "taskscheduling", "View own schedules"),),
    "Event triggers": (
        ("view", "eventtriggers", "View event triggers"),
        ("manage", "eventtriggers", "Manage event triggers"),
        ("managemytriggers", "eventtriggers", "Manage own event triggers"),
    ),
    "Credentials": (("managecredentials", "credentials", "Manage credentials"),),
    "Devices": (("view", "devices", "View devices"),),
    "Settings": (("View", "Settings", "View settings"),),
}

SECTIONS: dict[str, tuple[tuple[Permission, str], ...]] = {
    section: tuple((Permission(action=action, resource_type=resource), label) for action, resource, label in rows)
    for section, rows in _SECTIONS.items()
}
"""Section → its permissions with their labels; the section *API* comes first."""


def permission_label(permission: Permission) -> str:
    """``API › Generate API-Key``; an unknown pair gives ``resource › action``."""
    for section, rows in SECTIONS.items():
        for known, label in rows:
            if known.matches(permission):
                return f"{section} › {label}"
    return f"{permission.resource_type} › {permission.action}"


def grants(permissions: Iterable[Permission], wanted: Permission = GENERATE_API_KEY) -> bool:
    """Whether ``wanted`` is among them, in upper or lower case."""
    return any(wanted.matches(permission) for permission in permissions)
