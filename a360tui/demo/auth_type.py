from enum import StrEnum


class AuthType(StrEnum):
    """How the users of an installation sign in, as ``GET /v1/authentication/type`` names it."""

    DATABASE = "DATABASE"
    """With a name and a password that the Control Room stores."""
    ACTIVE_DIRECTORY = "ACTIVE_DIRECTORY"
    """As ``DOMAIN\\name``, with the directory's password."""
    SSO = "SSO"
    """By single sign-on: only API keys are accepted here, no passwords.

    The word of a real Control Room is not public.
    """
