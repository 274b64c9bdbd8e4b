from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in name of the embedded Control Room and its credentials for this run, which ``repr`` hides."""

    username: str
    """With the domain where the users are a directory's."""
    password: str = field(repr=False)
    """Empty where no password is accepted."""
    roles: tuple[str, ...]
    """Names of the roles, as they are when the server starts."""
    api_key: str | None = field(default=None, repr=False)
    """Made at the start where only API keys are accepted."""
