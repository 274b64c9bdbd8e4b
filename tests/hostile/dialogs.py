"""A program that shows every dialog with every payload, one after the other: the next one at each SIGUSR1."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from textual.pilot import Pilot

from a360tui.api.errors import CallAbsent
from a360tui.secret import Secret
from a360tui.storage import Binding, PassphrasePurpose, PassphraseRequest
from a360tui.text import harmless
from a360tui.tui.app import A360App
from a360tui.tui.dialogs.ask_secret import AskSecretDialog
from a360tui.tui.dialogs.assumed_call import AssumedCallDialog
from a360tui.tui.dialogs.call_absent import CallAbsentDialog
from a360tui.tui.dialogs.confirm import ConfirmDialog
from a360tui.tui.dialogs.export import ExportDialog
from a360tui.tui.dialogs.key import KeyDialog
from a360tui.tui.dialogs.locked import LockedDialog
from a360tui.tui.dialogs.new_key import NewKeyDialog
from a360tui.tui.dialogs.passphrase import PassphraseDialog
from a360tui.tui.dialogs.regenerate import RegenerateDialog
from a360tui.tui.dialogs.sign_in_again import SignInAgainDialog
from a360tui.tui.dialogs.unfinished import UnfinishedDialog
from a360tui.tui.screen import A360Dialog
from a360tui.tui.widgets.field import Field
from a360tui.workflow.key import KeyState
from a360tui.workflow.plan import StepState
from a360tui.workflow.rotation import Mark
from tests.hostile.payloads import BUNDLES, Payload

Texts = Callable[[str], str]
"""A letter → the payloads of this turn with that letter before each, made harmless as whatever is decoded."""


def _session(username: str, place: str) -> Any:
    return SimpleNamespace(
        binding=Binding("http", "127.0.0.1", 9, username),
        room=SimpleNamespace(token_left=lambda: None),
        place=place,
        destination=SimpleNamespace(address=SimpleNamespace(display=place)),
        is_demo=True,
        signed_in_by_key=False,
        key_at_risk=False,
        key_taken=lambda: None,
    )


def _plan(texts: Texts) -> Any:
    return SimpleNamespace(
        status=SimpleNamespace(state=KeyState.NOT_VISIBLE, created_on=None, now=None),
        references=[SimpleNamespace(reference=SimpleNamespace(label=texts("A")))],
        place=texts("B"),
        warnings=[texts("C")],
    )


def _key(texts: Texts) -> KeyDialog:
    dialog = KeyDialog(_session("", ""), "", Secret(texts("B")))
    dialog.call_after_refresh(dialog.note, texts("A"))
    dialog.call_after_refresh(dialog.action_reveal)
    return dialog


def _new_key(texts: Texts) -> NewKeyDialog:
    dialog = NewKeyDialog(_session("", ""), "", _never, (Mark("generate", texts("B"), StepState.FAILED, texts("C")),))
    dialog.call_after_refresh(dialog.note, texts("A"))
    return dialog


def _export(texts: Texts) -> ExportDialog:
    dialog = ExportDialog(SimpleNamespace(now=datetime.now(UTC), entries=()), SimpleNamespace(url=""))  # type: ignore[arg-type]  # nothing is exported
    dialog.call_after_refresh(lambda: dialog.query_one(Field).complain(texts("A")))
    return dialog


async def _never(_: object) -> Any:
    return await asyncio.Event().wait()


DIALOGS: dict[type[A360Dialog[Any]], tuple[str, Callable[[Texts], A360Dialog[Any]]]] = {
    ConfirmDialog: ("A", lambda texts: ConfirmDialog("", texts("A"), "Stay", "Leave")),
    CallAbsentDialog: ("A", lambda texts: CallAbsentDialog(CallAbsent(texts("A"), status=404))),
    AssumedCallDialog: ("AB", lambda texts: AssumedCallDialog("makes the key", texts("A"), texts("B"))),
    AskSecretDialog: ("A", lambda texts: AskSecretDialog("", texts("A"), "API key", "Sign in")),
    PassphraseDialog: ("A", lambda texts: PassphraseDialog(PassphraseRequest(PassphrasePurpose.OPEN, texts("A")))),
    SignInAgainDialog: ("AB", lambda texts: SignInAgainDialog(_session(texts("A"), texts("B")))),
    LockedDialog: ("AB", lambda texts: LockedDialog(_session(texts("A"), texts("B")))),
    RegenerateDialog: ("ABC", lambda texts: RegenerateDialog(_plan(texts))),
    UnfinishedDialog: (
        "ABC",
        lambda texts: UnfinishedDialog(
            SimpleNamespace(happened=texts("A"), known=texts("B"), next=texts("C"))  # type: ignore[arg-type]  # the words are all it shows
        ),
    ),
    KeyDialog: ("AB", _key),
    NewKeyDialog: ("ABC", _new_key),
    ExportDialog: ("A", _export),
}
"""Dialog → the letters of the texts from elsewhere that it shows, and how it is made."""


def turns() -> Iterator[tuple[type[A360Dialog[Any]], str, tuple[Payload, ...]]]:
    """What is shown, in order."""
    for kind, (letters, _) in DIALOGS.items():
        for bundle in BUNDLES:
            yield kind, letters, bundle


def texts_of(bundle: tuple[Payload, ...]) -> Texts:
    return lambda letter: harmless(" ".join(f"{letter}{payload.text}" for payload in bundle))


async def show(pilot: Pilot[object]) -> None:
    """Show the next one whenever it is asked for; the dialogs come without a reason."""
    app, order = pilot.app, turns()

    def show_next() -> None:
        kind, _, bundle = next(order)
        if isinstance(app.screen, A360Dialog):
            app.pop_screen()
        app.push_screen(DIALOGS[kind][1](texts_of(bundle)))

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, show_next)
    await asyncio.Event().wait()


if __name__ == "__main__":
    app = A360App()
    app.run(auto_pilot=show)
    sys.exit(app.return_code or 0)
