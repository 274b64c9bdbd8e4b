class Refusal(Exception):
    """A call is refused: what it changed is rolled back, and the answer is ``{code, message, details}``.

    The codes other than ``UM1117`` and ``generic.server.exception`` are ours: no more are public
    (``control-room-api.md`` §2).
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    @property
    def body(self) -> dict[str, str | None]:
        """The answer's body."""
        return {"code": self.code, "message": self.message, "details": None}


def invalid(message: str) -> Refusal:
    """A body that does not fit."""
    return Refusal(400, "json.validation", message)


def not_found(what: str) -> Refusal:
    """An unknown id."""
    return Refusal(404, "generic.not.found", f"{what} not found.")
