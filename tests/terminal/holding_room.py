"""A Control Room that keeps one answer back."""

from threading import Event

from a360tui.demo import Running
from tests.hostile.poisoned_room import Relay

ROLE = "POST /v2/usermanagement/roles"
KEY = "POST /v2/usermanagement/users/self/apikey"


class Holding(Relay):
    """Carries a call out, and keeps the answer until it is let go."""

    def __init__(self, running: Running, call: str) -> None:
        super().__init__(running)
        self._call = call
        self.held = Event()
        self.let_go = Event()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        answer = super().answer(method, path, headers, body)
        if f"{method} {path}" == self._call:
            self.held.set()
            self.let_go.wait()
        return answer
