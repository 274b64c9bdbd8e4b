"""``a360tui key generate`` and ``key regenerate``: every check comes before the one request."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from a360tui.cli.call_consent import agree_to_calls
from a360tui.cli.connection import Session, run, session_of
from a360tui.cli.consent import ask, refuse_read_only, require_answer
from a360tui.cli.credential import Chosen, asked_password, given, stored
from a360tui.cli.handover import hand_over, tell
from a360tui.cli.options import Command, CommonOptions
from a360tui.cli.output import is_terminal, require_stdout, say
from a360tui.cli.safekeeping import is_in_memory, open_safekeeping, require_store

if TYPE_CHECKING:
    from a360tui.secret import Secret
    from a360tui.workflow.rotation import Mark, RotationPlan, RotationResult, Safekeeping

remember = click.option(
    "--remember", is_flag=True, help="Keep the key in the store of secrets, which is created if there is none."
)


@click.command(cls=Command)
@remember
@click.pass_obj
def generate(options: CommonOptions, *, remember: bool) -> None:
    """Make a first key, and print it: this is the only time it can be seen.

    Only the key goes to standard output. It is also kept in the store of secrets, if there is one, and put into the
    places of a360tui reference list. The call that makes it may be assumed: see a360tui key --help.
    """
    _make(options, replace=False, remember=remember)


@click.command(cls=Command)
@remember
@click.pass_obj
def regenerate(options: CommonOptions, *, remember: bool) -> None:
    """Replace the key with a new one, and print that. The old key is dead at once, everywhere.

    Only the key goes to standard output. It is also kept in the store of secrets, if there is one, and put into the
    places of a360tui reference list. The call that makes it may be assumed: see a360tui key --help.
    """
    _make(options, replace=True, remember=remember)


def _make(options: CommonOptions, *, replace: bool, remember: bool) -> None:
    refuse_read_only(options)
    require_answer(options)
    require_stdout()

    async def make() -> None:
        async with session_of(options, await open_safekeeping(options, make=remember)) as session:
            by_key = await _sign_in(session)
            await _make_key(session, replace=replace, remember=remember, by_key=by_key)

    run(make())


async def _sign_in(session: Session) -> bool:
    """Sign in, if possible not with the key that is going to be replaced; gives whether it was with that."""
    from a360tui.storage import SecretKind

    options, keeping, binding = session.options, session.keeping, session.binding
    sent = given(options)
    chosen = Chosen(sent) if sent is not None else await stored(options, keeping, binding, (SecretKind.PASSWORD,))
    if chosen is None and await _resumed(session):
        return True
    if chosen is None:
        chosen = await stored(options, keeping, binding, (SecretKind.API_KEY,))
    await session.sign_in(chosen or Chosen(asked_password(options, binding.username)))
    return session.known_key is not None


async def _resumed(session: Session) -> bool:
    """Resume the session that a rotation kept whose key was lost, since there may be no other way to sign in."""
    from a360tui.workflow.rotation import resume, unfinished

    for each in unfinished(session.keeping, session.binding):
        if each.superseded and await resume(each, session.keeping, session.room):
            session.keeps_token = True
            return True
    return False


async def _make_key(session: Session, *, replace: bool, remember: bool, by_key: bool) -> None:
    from a360tui.workflow.errors import NotReady
    from a360tui.workflow.references.registry import Registry
    from a360tui.workflow.rotation import Safekeeping, prepare

    references = Registry(session.keeping.locations).references_of(session.binding)
    if remember:
        await require_store(session.keeping)
    elif is_in_memory(session.keeping) and not _has_folders(session.keeping):
        session.keeping = Safekeeping(session.keeping.store)
    plan = await prepare(
        session.room,
        session.destination,
        session.keeping,
        session.binding,
        references,
        replace=replace,
        known_key=session.known_key,
        signed_in_by_key=by_key,
    )
    if plan.obstacles:
        raise NotReady(
            " ".join(plan.obstacles),
            "No key was made. Put it right, as by a360tui reference put, or leave it out: a360tui reference remove",
        )
    _say_consequences(session, plan)
    agree_to_calls(session, "generate")
    if replace:
        ask(session.options, "End the old key and make a new one?", irreversible=True)
    else:
        ask(session.options, "Make the key?")
    require_stdout()
    await _carry_out(session, plan, by_key=by_key)


def _has_folders(keeping: Safekeeping) -> bool:
    """Whether the journal and the lock can be written; where not, that is reported, and only memory is used."""
    from a360tui.storage import Folder
    from a360tui.storage.errors import StorageError

    if keeping.locations is None:
        return True
    try:
        for place in (keeping.locations.data, keeping.locations.journal, keeping.locations.locks):
            with Folder.make(place):
                pass
    except StorageError as trouble:
        say(f"Nothing is written down along the way: {trouble}")
        return False
    return True


def _say_consequences(session: Session, plan: RotationPlan) -> None:
    from a360tui.workflow.dates import age_words, date_stamp

    status, place = plan.status, session.room.address.display
    if not status.exists:
        say(f"{status.username} has no API key on {place}.")
    else:
        since = status.created_on
        used = "" if since is None else f", in use since {date_stamp(since)} ({age_words(since, status.now)}),"
        say(f"The API key of {status.username} on {place}{used} is dead the moment a new one is made, wherever it is.")
    if is_in_memory(session.keeping):
        say("Nothing keeps the new key here; with --remember a store of secrets does.")
    else:
        say(f"The new key will be kept: {plan.place}")
    for each in plan.references:
        say(f"It will be put into: {each.reference.label}")
    for warning in plan.warnings:
        say(warning)
    if is_terminal(sys.stdout):
        say("The new key will be shown on this terminal.")


async def _carry_out(session: Session, plan: RotationPlan, *, by_key: bool) -> None:
    """Run the rotation and hand the key over, whatever signal comes meanwhile."""
    from a360tui.cli.signals import LeftEarly, seen_through

    course = _Course(session)

    async def make_and_hand_over() -> None:
        result = await plan.run(course.follow)
        # Signed in by a key that is dead now, this session may be all that is left to make another one with.
        session.keeps_token = by_key and result.key is None and not is_in_memory(session.keeping)
        await hand_over(session, result)

    try:
        await seen_through(make_and_hand_over(), on_signal=course.ask_for_patience)
    except LeftEarly:
        session.keeps_token = by_key and not is_in_memory(session.keeping)
        left = await course.left()
    else:
        return
    await hand_over(session, left)


class _Course:
    """The progress of a rotation, to say what leaving it would cost."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._arrived = False

    def follow(self, mark: Mark) -> None:
        """Note a change of one line, and report it."""
        from a360tui.workflow.plan import StepState
        from a360tui.workflow.rotation import GENERATE, KEEP

        if mark.id == GENERATE and mark.state is StepState.DONE:
            self._arrived = True
        if mark.id != KEEP or not is_in_memory(self._session.keeping):
            tell(mark)

    def ask_for_patience(self) -> None:
        """Say what a signal would cost."""
        if self._arrived:
            say("a360tui: the new key has arrived and is being put in place. Interrupt again to leave that for later.")
        else:
            say(
                "a360tui: the key is being made; waiting for the answer, which may hold its only copy. "
                "Interrupt again to leave without it."
            )

    async def left(self) -> RotationResult:
        """What there is at the moment of leaving; `OutcomeUnknown` where no key has come."""
        from a360tui.api.errors import OutcomeUnknown
        from a360tui.workflow.rotation import Ending, Kept, RotationResult

        if not self._arrived:
            raise OutcomeUnknown(
                "The answer was not waited for: whether a key was made is not known.",
                "Wait two minutes, then look with: a360tui key recover",
            )
        in_memory = is_in_memory(self._session.keeping)
        return RotationResult(
            Ending.PENDING,
            "The new key was made, but was not put in place everywhere.",
            "To go on: a360tui key recover",
            key=await self._key_in_memory() if in_memory else None,
            kept=Kept.MEMORY if in_memory else Kept.SLOT,
        )

    async def _key_in_memory(self) -> Secret | None:
        from a360tui.storage import SecretKind

        store, binding = self._session.keeping.store, self._session.binding
        found = [await store.get(binding, kind) for kind in (SecretKind.API_KEY, SecretKind.PENDING_API_KEY)]
        return next(filter(None, found), None)
