from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in name of the embedded Control Room with what signs it in during this run; its ``repr`` hides that."""

    username: str
    """As it signs in: with the domain where the users are a directory's."""
    password: str = field(repr=False)
    """Empty where no password is taken."""
    roles: tuple[str, ...]
    """Names of the roles, as they are when the server starts."""
    api_key: str | None = field(default=None, repr=False)
    """Made at the start where nothing else signs in."""
