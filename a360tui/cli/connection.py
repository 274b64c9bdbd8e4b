"""`Session`: from the options to a signed-in Control Room, and the sign-out at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from a360tui.cli.call_consent import keep_what_worked
from a360tui.cli.consent import can_ask, why_read_only
from a360tui.cli.credential import Chosen, asked_key, asked_password, given, stored
from a360tui.cli.output import say, say_trouble, silence_logs
from a360tui.cli.safekeeping import open_safekeeping
from a360tui.cli.secret_input import NobodyToAsk
from a360tui.cli.variables import CONTROL_ROOM_VARIABLE, USERNAME_VARIABLE
from a360tui.errors import A360Error, InvalidInput
from a360tui.text import harmless

if TYPE_CHECKING:
    from a360tui.api import Address, ControlRoom, Credential, Exchange
    from a360tui.cli.options import CommonOptions
    from a360tui.secret import Secret
    from a360tui.storage import Binding
    from a360tui.workflow.call_book import CallBook
    from a360tui.workflow.destination import Destination
    from a360tui.workflow.rotation import Safekeeping

Result = TypeVar("Result")

SIGN_OUT_TIME = 3.0
"""Seconds to wait for the sign-out at the end; a token that is not signed out expires on its own."""


@dataclass(eq=False, repr=False)
class Session:
    """One user at one Control Room, signed in for one command."""

    options: CommonOptions
    destination: Destination
    binding: Binding
    """The binding under which secrets are stored."""
    room: ControlRoom
    keeping: Safekeeping
    book: CallBook
    """What this machine knows of the calls that the vendor does not publish."""
    chosen: Chosen | None = None
    """What signed in; None before that, and where the session of an unfinished rotation was resumed."""
    keeps_token: bool = False
    """Whether the session stays open after the command."""

    @property
    def known_key(self) -> Secret | None:
        """The user's API key, where it has signed in."""
        from a360tui.api import ApiKey

        credential = self.chosen.credential if self.chosen is not None else None
        return credential.secret if isinstance(credential, ApiKey) else None

    async def sign_in(self, chosen: Chosen) -> None:
        """Sign in, once. A stored credential that is refused is noted, so that no script keeps sending it."""
        from a360tui.api.errors import SignInFailed
        from a360tui.workflow.sign_in_type import refusal_hint

        try:
            await self.room.sign_in(self.binding.username, chosen.credential)
        except SignInFailed as failure:
            why = await refusal_hint(self.room, self.binding.username, chosen.credential)
            failure.hint = f"{why} {failure.hint}".lstrip()
            if chosen.remembered is not None:
                await note_refusal(self.keeping, chosen, failure)
            raise
        self.chosen = chosen


def connected(
    options: CommonOptions, work: Callable[[ControlRoom], Awaitable[Result]], *, keep_token: bool = False
) -> Result:
    """Sign in as the options say, do ``work``, and sign out again unless the session is to stay open."""

    async def do(session: Session) -> Result:
        session.keeps_token = keep_token
        return await work(session.room)

    return signed_in(options, do)


def signed_in(options: CommonOptions, work: Callable[[Session], Awaitable[Result]]) -> Result:
    """The same for work that also needs what is stored on this machine."""
    return run(work_signed_in(options, work))


async def work_signed_in(options: CommonOptions, work: Callable[[Session], Awaitable[Result]]) -> Result:
    """The same inside a running event loop, as for several profiles at once."""
    async with session_of(options) as session:
        await session.sign_in(await chosen_credential(session))
        return await work(session)


@asynccontextmanager
async def session_of(options: CommonOptions, keeping: Safekeeping | None = None) -> AsyncIterator[Session]:
    """A session for the user that the options name, not signed in yet; it is signed out at the end."""
    import asyncio

    destination = destination_of(options)
    binding = destination.binding(username_of(options))
    keeping = keeping or await open_safekeeping(options)
    book = book_of(options, destination.address)
    destination = replace(destination, book=book)
    async with destination.open() as room:
        session = Session(options, destination, binding, room, keeping, book)
        try:
            yield session
        finally:
            keep_what_worked(session)
            if room.signed_in is not None and not session.keeps_token:
                with suppress(A360Error, TimeoutError):
                    await asyncio.wait_for(room.sign_out(), SIGN_OUT_TIME)


def options_for(options: CommonOptions, binding: Binding) -> CommonOptions:
    """The options for one of several users: with the profile of that Control Room and user, if there is one.

    A CA file or a file of calls that was given for another Control Room is left out.
    """
    from a360tui.storage import is_same_user
    from a360tui.workflow.profiles import is_at

    there = [each for each in options.settings.configuration.profiles if is_at(each, binding.control_room)]
    there.sort(key=lambda each: not is_same_user(each.username, binding.username))
    theirs = replace(
        options,
        profiles=options.profiles or tuple(each.name for each in there[:1]),
        control_room=binding.control_room,
        username=binding.username,
    )
    theirs.passphrase = options.passphrase  # a descriptor can be read only once
    return theirs


def destination_of(options: CommonOptions) -> Destination:
    """The Control Room that the options name; raises `InvalidInput` where they name none."""
    from a360tui.api import parse_address
    from a360tui.workflow.destination import Destination

    text = options.settings.control_room.value
    if text is None:
        raise InvalidInput(
            "No Control Room is given.", f"Give --control-room URL or --profile NAME, or set {CONTROL_ROOM_VARIABLE}."
        )
    return Destination(
        parse_address(text),
        ca_file=options.settings.ca_file.value,
        multiple_login=options.multiple_login,
        listener=_say_exchange if options.trace else None,
        why_read_only=lambda: why_read_only(options),
    )


def book_of(options: CommonOptions, address: Address) -> CallBook:
    """What this machine knows of a Control Room's calls that the vendor does not publish."""
    from a360tui.storage import find_locations
    from a360tui.storage.errors import FolderRefused
    from a360tui.workflow.call_book import CallBook
    from a360tui.workflow.profiles import is_at

    try:
        locations = find_locations()
    except FolderRefused:
        locations = None
    profile = options.settings.profile.value
    typed = profile.calls if profile is not None and is_at(profile, address.url) else None
    return CallBook(address, locations, typed)


def username_of(options: CommonOptions) -> str:
    """The user who signs in; raises `InvalidInput` where the options name none."""
    text = options.settings.username.value
    if text is None:
        raise InvalidInput("No user name is given.", f"Give --username NAME, or set {USERNAME_VARIABLE}.")
    if not text.strip():
        raise InvalidInput("The user name is empty.", "Give the name that the user signs in with.")
    return text


def binding_of(options: CommonOptions) -> Binding:
    """The user and Control Room whose secrets the options are about; raises `InvalidInput` where they do not say."""
    return destination_of(options).binding(username_of(options))


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it in an event loop; Ctrl-C raises ``KeyboardInterrupt``."""
    with closing(work):  # Ctrl-C may come before the loop has it, and Python reports what was never awaited
        import asyncio

        from a360tui.api.event_loop import EventLoop
        from a360tui.private_memory import keep_memory_private

        keep_memory_private()
        silence_logs()
        with asyncio.Runner(loop_factory=EventLoop) as runner:
            return runner.run(work)


async def note_refusal(keeping: Safekeeping, chosen: Chosen, failure: A360Error) -> None:
    """Note that a stored credential was refused, and let the error say which one it was."""
    from asyncio import to_thread

    from a360tui.workflow.refused_secrets import RefusedSecrets

    if chosen.remembered is None:
        return
    failure.hint = f"It was {chosen.words}; it is not tried again automatically. {failure.hint}".rstrip()
    try:
        await to_thread(RefusedSecrets(keeping.locations).add, chosen.remembered)
    except A360Error as trouble:
        say_trouble(trouble)


async def chosen_credential(session: Session) -> Chosen:
    """The credential that was given, or else is stored, or else is typed.

    First of the kind that the profile prefers.
    """
    from a360tui.storage import SecretKind

    sent = given(session.options)
    if sent is not None:
        return Chosen(sent)
    preferred = session.options.settings.sign_in.value
    kinds = (SecretKind.API_KEY, SecretKind.PASSWORD)
    found = await stored(
        session.options, session.keeping, session.binding, kinds[::-1] if preferred == "password" else kinds
    )
    if found is not None:
        return found
    try:
        return Chosen(await typed_credential(session))
    except NobodyToAsk as error:
        error.hint = f"{error.hint.removesuffix('.')}, or remember it first: a360tui login"
        raise


async def typed_credential(session: Session) -> Credential:
    """The credential to be typed: as the profile says, or else the password, or the key where none is accepted."""
    from a360tui.api import Password
    from a360tui.workflow.sign_in_type import FIRST_KEY, SignInWay, sign_in_type

    options, username = session.options, session.binding.username
    if options.settings.sign_in.value == "api_key":
        return asked_key(options, username)
    if can_ask(options):
        kind = await sign_in_type(session.room)
        if kind.way is SignInWay.ELSEWHERE:
            say(f"{kind.words} {FIRST_KEY}")
            return asked_key(options, username)
        if doubt := kind.doubt(username, Password):
            say(doubt)
    return asked_password(options, username)


def _say_exchange(exchange: Exchange) -> None:
    outcome = exchange.error or "no answer" if exchange.status is None else str(exchange.status)
    say(harmless(f"{exchange.method} {exchange.path} {outcome} {exchange.milliseconds:.0f} ms"))
