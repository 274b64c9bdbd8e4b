from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in name of the embedded Control Room with the password of this run; its ``repr`` hides the password."""

    username: str
    password: str = field(repr=False)
    roles: tuple[str, ...]
    """Names of the roles, as they are when the server starts."""
