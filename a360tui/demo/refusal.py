class Refusal(Exception):
    """A call is refused: its changes are rolled back, and the answer is ``{code, message, details}``.

    The codes other than ``UM1117`` and ``generic.server.exception`` are our own, since no others are public
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
    """The body does not fit."""
    return Refusal(400, "json.validation", message)


def not_found(what: str) -> Refusal:
    """The id is unknown."""
    return Refusal(404, "generic.not.found", f"{what} not found.")
