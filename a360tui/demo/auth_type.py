from enum import StrEnum


class AuthType(StrEnum):
    """How the users of an installation sign in, as ``GET /v1/authentication/type`` names it."""

    DATABASE = "DATABASE"
    """By a name and a password that the Control Room keeps."""
    ACTIVE_DIRECTORY = "ACTIVE_DIRECTORY"
    """As ``DOMAIN\\name``, by the directory's password."""
    SSO = "SSO"
    """Elsewhere: no password is taken here, only API keys. Which word a real Control Room says is not public."""
