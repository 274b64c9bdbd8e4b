"""The program with a failure in it, of each kind: ``r`` on the workflow brings it about.

What is raised has every secret that the program knows in its words, in its arguments, in a note and in its locals.
"""

import asyncio
import gc
import sys
from collections.abc import Callable
from enum import Enum
from threading import Thread
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from a360tui.tui.screens.workflow import WorkflowScreen


class Then(Enum):
    """What is to become of it."""

    ENDS = "the program ends with 1, and says where it failed"
    TELLS = "a toast says where it failed, and all goes on"
    GOES_ON = "it is nobody's to tell, and all goes on"


def fail(*_: object) -> NoReturn:
    """Raise all that is known."""
    from a360tui.secret import Secret

    known = {each.reveal() for each in gc.get_objects() if isinstance(each, Secret)}
    assert any(len(each) > 20 for each in known), "the token at least is known"
    words = " ".join(known)
    error = RuntimeError(words, known)
    error.add_note(words)
    raise error


def _action(_screen: "WorkflowScreen") -> None:
    fail()


class _DrawsItself(Exception):
    """As Textual's own errors do, which it then shows as they are."""

    def __rich__(self) -> str:
        return str(self)


def _drawn(_screen: "WorkflowScreen") -> None:
    try:
        fail()
    except RuntimeError as error:
        raise _DrawsItself(str(error)) from error


def _group(_screen: "WorkflowScreen") -> None:
    """As task groups raise it."""
    try:
        fail()
    except RuntimeError as error:
        raise ExceptionGroup(str(error), [error]) from error


def _message(screen: "WorkflowScreen") -> None:
    from textual.events import Resize

    type(screen).on_resize = fail  # type: ignore[attr-defined]  # Textual looks for it by its name
    screen.post_message(Resize(screen.size, screen.size))


def _timer(screen: "WorkflowScreen") -> None:
    screen.set_timer(0.01, fail)


def _later(screen: "WorkflowScreen") -> None:
    screen.call_later(fail)


def _compose(screen: "WorkflowScreen") -> None:
    from a360tui.tui.screens.requests import RequestsScreen

    RequestsScreen.compose_body = fail  # type: ignore[assignment,method-assign]  # to fail
    screen.app.push_screen(RequestsScreen())


def _render(screen: "WorkflowScreen") -> None:
    from a360tui.tui.widgets.top_line import TopLine

    TopLine.render = fail  # type: ignore[assignment,method-assign]  # to fail
    screen.query_one(TopLine).refresh()


def _watch(screen: "WorkflowScreen") -> None:
    type(screen).watch_disabled = fail  # type: ignore[assignment,method-assign]  # to fail
    screen.disabled = True


async def _coroutine() -> None:
    fail()


def _worker(screen: "WorkflowScreen") -> None:
    screen.run_worker(_coroutine(), exit_on_error=False, description="fail")


_TASKS: list[asyncio.Task[None]] = []


def _task(screen: "WorkflowScreen") -> None:
    """One that nobody waits for; asyncio logs it when it is collected."""
    _TASKS.append(asyncio.create_task(_coroutine()))
    screen.set_timer(0.05, _TASKS.clear)
    screen.set_timer(0.1, lambda: _go_on(screen))


def _thread(screen: "WorkflowScreen") -> None:
    thread = Thread(target=fail)
    thread.start()
    thread.join()
    _go_on(screen)


class _Careless:
    def __del__(self) -> None:
        fail()


def _destructor(screen: "WorkflowScreen") -> None:
    _Careless()
    _go_on(screen)


def _go_on(screen: "WorkflowScreen") -> None:
    screen.notify("Failed, as it was to.")


KINDS: dict[str, tuple[Callable[["WorkflowScreen"], None], Then]] = {
    "an action": (_action, Then.ENDS),
    "a group": (_group, Then.ENDS),
    "an error that draws itself": (_drawn, Then.ENDS),
    "the handler of a message": (_message, Then.ENDS),
    "a timer": (_timer, Then.ENDS),
    "what is called later": (_later, Then.ENDS),
    "compose": (_compose, Then.ENDS),
    "render": (_render, Then.ENDS),
    "a watcher": (_watch, Then.ENDS),
    "a worker": (_worker, Then.TELLS),
    "a task": (_task, Then.GOES_ON),
    "a thread": (_thread, Then.GOES_ON),
    "a destructor": (_destructor, Then.GOES_ON),
}
"""What fails → how it is brought about, and what is to become of it."""


def main(kind: str, arguments: list[str]) -> int:
    """Run the program with that failure in it."""
    from a360tui.tui.terminal import prepare_environment

    prepare_environment()  # as the program does before it loads Textual
    from a360tui.cli.program import run
    from a360tui.tui.screens import workflow

    screen: Any = workflow.WorkflowScreen
    screen.action_reload = KINDS[kind][0]
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
