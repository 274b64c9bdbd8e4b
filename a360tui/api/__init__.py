"""Everything that speaks HTTP to a Control Room, and nothing else.

`ControlRoom` is one Control Room over one connection pool; its verbs are those of ``control-room-api.md``, in one shape
for all releases. This package knows no file (but a CA file it is pointed to), no keyring, no screen. It may use httpx,
msgspec, stamina, truststore, idna and cryptography (to read certificates), and of the product `a360tui.errors`,
`a360tui.origin`, `a360tui.secret` and `a360tui.text`.

Names are loaded on first use: importing a model or an error must not load the HTTP library.
"""

from typing import TYPE_CHECKING

from a360tui.lazily import loader

if TYPE_CHECKING:
    from a360tui.api.address import Address, parse_address
    from a360tui.api.call_map import (
        ASSUMED_CALLS,
        CALL_NAMES,
        Call,
        CallMap,
        CallName,
        DurationCall,
        GenerateCall,
        Source,
        WriteDurationCall,
    )
    from a360tui.api.control_room import ControlRoom
    from a360tui.api.credentials import ApiKey, Credential, Password
    from a360tui.api.exchange import Exchange
    from a360tui.api.filters import Query
    from a360tui.api.generated_key import salvaged_key
    from a360tui.api.limits import Limits
    from a360tui.api.models import (
        GENERATE_API_KEY,
        GeneratedKey,
        Page,
        Permission,
        Role,
        RoleDraft,
        RoleRef,
        RoleRow,
        SignedIn,
        User,
        Version,
    )

__all__ = [
    "ASSUMED_CALLS",
    "CALL_NAMES",
    "GENERATE_API_KEY",
    "Address",
    "ApiKey",
    "Call",
    "CallMap",
    "CallName",
    "ControlRoom",
    "Credential",
    "DurationCall",
    "Exchange",
    "GenerateCall",
    "GeneratedKey",
    "Limits",
    "Page",
    "Password",
    "Permission",
    "Query",
    "Role",
    "RoleDraft",
    "RoleRef",
    "RoleRow",
    "SignedIn",
    "Source",
    "User",
    "Version",
    "WriteDurationCall",
    "parse_address",
    "salvaged_key",
]

__getattr__ = loader(
    __name__,
    {
        "address": ("Address", "parse_address"),
        "call_map": (
            "ASSUMED_CALLS",
            "CALL_NAMES",
            "Call",
            "CallMap",
            "CallName",
            "DurationCall",
            "GenerateCall",
            "Source",
            "WriteDurationCall",
        ),
        "control_room": ("ControlRoom",),
        "credentials": ("ApiKey", "Credential", "Password"),
        "exchange": ("Exchange",),
        "filters": ("Query",),
        "generated_key": ("salvaged_key",),
        "limits": ("Limits",),
        "models": (
            "GENERATE_API_KEY",
            "GeneratedKey",
            "Page",
            "Permission",
            "Role",
            "RoleDraft",
            "RoleRef",
            "RoleRow",
            "SignedIn",
            "User",
            "Version",
        ),
    },
)
