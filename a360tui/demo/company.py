"""The company that a new installation starts with: people, roles, and keys in each state.

No role grants *Generate API-Key*: the demo's story begins with creating one.
"""

from dataclasses import dataclass
from datetime import timedelta

from a360tui.demo.permissions import CATALOGUE, GENERATE_API_KEY, Pair, of


@dataclass(frozen=True, slots=True)
class RoleSeed:
    """A role of the company."""

    name: str
    description: str
    permissions: tuple[Pair, ...]
    system: bool = True


@dataclass(frozen=True, slots=True)
class UserSeed:
    """A person, or a name that a program signs in with."""

    username: str
    first_name: str
    last_name: str
    roles: tuple[str, ...]
    description: str = ""
    key_age: timedelta | None = None
    """How long ago the user's key was made; ``None`` for a user without a key."""
    disabled: bool = False
    license: str = ""


_BASIC = (
    *of("dashboard", "view"),
    *of("activity", "viewmyinprogress", "viewhistory"),
    *of("taskscheduling", "myschedule"),
)
_DEVELOPER = (
    *_BASIC,
    *of("repositorymanager", "mybots", "viewcontent", "checkin", "checkout", "runbot"),
    *of("packages", "viewpackages"),
    *of("credentials", "managecredentials"),
    *of("devices", "view", "register"),
    *of("eventtriggers", "view", "managemytriggers"),
)
_EVERYTHING = tuple(pair for pair in CATALOGUE if pair != GENERATE_API_KEY)

ROLES = (
    RoleSeed("AAE_Admin", "Has all administrator rights", _EVERYTHING),
    RoleSeed("AAE_Basic", "Sees the dashboard and own activity", _BASIC),
    RoleSeed("AAE_Bot_Developer", "Builds bots and tests them", _DEVELOPER),
    RoleSeed("AAE_Bot Insight Admin", "Manages Bot Insight", of("api", "botinsightapi") + of("dashboard")),
    RoleSeed("AAE_Bot Insight Consumer", "Sees Bot Insight dashboards", of("dashboard", "view")),
    RoleSeed("AAE_Bot Insight Expert", "Makes Bot Insight dashboards", of("dashboard")),
    RoleSeed("AAE_COE Admin", "Manages the CoE Manager", of("botinsightapi") + of("dashboard", "view")),
    RoleSeed("AAE_IQ Bot Admin", "Manages learning instances", of("iqbotapi")),
    RoleSeed("AAE_IQ Bot Services", "Uploads and downloads documents", of("iqbotapi", "accessuploadanddownloadapi")),
    RoleSeed("AAE_IQ Bot Validator", "Validates documents", of("iqbotapi", "accessreportingapi")),
    RoleSeed("AAE_Locker Admin", "Manages all lockers", of("credentials")),
    RoleSeed("AAE_Pool Admin", "Manages all device pools", of("devices", "view", "managepools", "adminpools")),
    RoleSeed("AAE_Queue Admin", "Manages all queues", of("workload")),
    RoleSeed(
        "Finance automation",
        "Runs the invoice and ledger bots",
        (*_BASIC, *of("repositorymanager", "viewcontent", "runbot"), *of("workload", "viewqueues")),
        system=False,
    ),
    RoleSeed(
        "HR onboarding",
        "Runs the bots for new colleagues",
        (*_BASIC, *of("repositorymanager", "viewcontent", "runbot"), *of("credentials", "managecredentials")),
        system=False,
    ),
    RoleSeed(
        "Night operations",
        "Watches and restarts what runs over night",
        (*of("activity"), *of("taskscheduling"), *of("devices", "view")),
        system=False,
    ),
    RoleSeed(
        "Service desk",
        "Looks users up and unlocks them",
        (*of("usermanagement", "usermanagement", "updateuser", "viewuserrolebasicinfo"), *of("auditlog", "view")),
        system=False,
    ),
    RoleSeed(
        "Integrations",
        "Programs that call the Control Room",
        (*_BASIC, *of("repositorymanager", "viewcontent", "runbot"), *of("devices", "view")),
        system=False,
    ),
)

_CREATOR = ("AAE_Basic", "AAE_Bot_Developer")
_PROGRAM = ("AAE_Basic", "Integrations")

SIGN_IN_USERS = (
    UserSeed("admin", "Ada", "Lindqvist", ("AAE_Admin",), "Administrator"),
    UserSeed("creator", "Tomás", "Reyes", _CREATOR, "Bot creator", license="DEVELOPMENT"),
    UserSeed("runner", "Mei", "Tanaka", _CREATOR, "Bot creator", license="DEVELOPMENT"),
)
"""Who gets a password at each start; the administrator is the first."""
LEAST_USERS = len(SIGN_IN_USERS)

COLLEAGUES = (
    UserSeed("svc-invoices", "Invoice", "upload", _PROGRAM, "Uploads invoices every hour", timedelta(days=12)),
    UserSeed(
        "svc-hr-sync", "HR", "synchronization", _PROGRAM, "Brings new colleagues over", timedelta(days=42, hours=5)
    ),
    UserSeed("svc-reports", "Report", "export", _PROGRAM, "Exports the weekly report", timedelta(days=61)),
    UserSeed(
        "svc-warehouse", "Warehouse", "trigger", _PROGRAM, "Retired in spring", timedelta(days=200), disabled=True
    ),
    UserSeed("svc-crm", "CRM", "webhook", _PROGRAM, "Starts bots from the CRM", timedelta(hours=3)),
    UserSeed("petra.hoffmann", "Petra", "Hoffmann", ("AAE_Basic", "AAE_COE Admin"), "Leads the CoE"),
    UserSeed("arjun.iyer", "Arjun", "Iyer", _CREATOR, "", timedelta(days=30), license="DEVELOPMENT"),
    UserSeed("niamh.walsh", "Niamh", "Walsh", (*_CREATOR, "AAE_Locker Admin"), license="DEVELOPMENT"),
    UserSeed("omar.haddad", "Omar", "Haddad", ("AAE_Basic", "Finance automation"), license="RUNTIME"),
    UserSeed("lucia.fernandez", "Lucía", "Fernández", ("AAE_Basic", "Finance automation"), license="RUNTIME"),
    UserSeed("jonas.becker", "Jonas", "Becker", ("AAE_Basic", "HR onboarding"), license="RUNTIME"),
    UserSeed("thandiwe.mbeki", "Thandiwe", "Mbeki", ("AAE_Basic", "HR onboarding"), license="RUNTIME"),
    UserSeed("kenji.sato", "Kenji", "Sato", ("AAE_Basic", "Night operations")),
    UserSeed("grace.osei", "Grace", "Osei", ("AAE_Basic", "Night operations", "AAE_Pool Admin")),
    UserSeed("marek.nowak", "Marek", "Nowak", ("AAE_Basic", "Service desk")),
    UserSeed("elif.demir", "Elif", "Demir", ("AAE_Basic", "AAE_Bot Insight Expert")),
    UserSeed("sofie.jensen", "Sofie", "Jensen", ("AAE_Basic", "AAE_IQ Bot Admin", "AAE_IQ Bot Validator")),
    UserSeed("priya.sharma", "Priya", "Sharma", (*_CREATOR, "AAE_Queue Admin"), license="DEVELOPMENT"),
    UserSeed("viktor.petrov", "Viktor", "Petrov", _CREATOR, "Left the company", disabled=True),
    UserSeed("benoit.lefevre", "Benoît", "Lefèvre", ("AAE_Admin",), "Administrator, deputy"),
)
CROWD_ROLES = (
    _CREATOR,
    ("AAE_Basic",),
    ("AAE_Basic",),
    ("AAE_Basic", "Finance automation"),
    ("AAE_Basic", "HR onboarding"),
)
