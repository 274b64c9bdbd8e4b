"""`Credential`: the password or API key that signs in, whether given, stored or typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from a360tui.cli.consent import can_ask
from a360tui.cli.output import say, say_trouble
from a360tui.cli.secret_input import asked, from_stdin
from a360tui.errors import A360Error, InvalidInput
from a360tui.text import harmless

if TYPE_CHECKING:
    from a360tui.api import Credential
    from a360tui.cli.options import CommonOptions
    from a360tui.secret import Secret
    from a360tui.storage import Binding, Remembered, SecretKind
    from a360tui.workflow.rotation import Safekeeping


class Chosen(NamedTuple):
    """What is to sign in, and where it comes from."""

    credential: Credential
    remembered: Remembered | None = None
    """Its entry in the store, if it comes from there."""

    @property
    def words(self) -> str:
        """``the API key that is stored since 2026-11-11 09:14 UTC``; empty for one that was given or typed."""
        from a360tui.workflow.dates import date_stamp

        if self.remembered is None:
            return ""
        return f"the {self.remembered.kind.words} that is stored since {date_stamp(self.remembered.saved_on)}"


def given(options: CommonOptions) -> Credential | None:
    """The credential on standard input; None where no option says that there is one."""
    from a360tui.api import ApiKey, Password

    if options.password_stdin and options.api_key_stdin:
        raise InvalidInput(
            "--password-stdin and --api-key-stdin are both given.", "Sign in with a password or with a key."
        )
    if options.api_key_stdin:
        return ApiKey(from_stdin("API key", "--api-key-stdin"))
    if options.password_stdin:
        return Password(from_stdin("password", "--password-stdin"))
    return None


def asked_password(options: CommonOptions, username: str) -> Credential:
    """The user's password, typed on the terminal; raises `InvalidInput` where nobody can be asked."""
    from a360tui.api import Password

    return Password(asked(options, "password", f"Password of {harmless(username)}: ", "--password-stdin"))


def asked_key(options: CommonOptions, username: str) -> Credential:
    """The user's API key, typed on the terminal; raises `InvalidInput` where nobody can be asked."""
    from a360tui.api import ApiKey

    return ApiKey(asked(options, "API key", f"API key of {harmless(username)}: ", "--api-key-stdin"))


async def stored(
    options: CommonOptions, keeping: Safekeeping, binding: Binding, kinds: Sequence[SecretKind]
) -> Chosen | None:
    """The first of these kinds that is stored for exactly this user and Control Room, and may work.

    A store that cannot be read is an error only where nobody can be asked instead.
    """
    try:
        for remembered in await _remembered(keeping, binding, kinds):
            found = await _opened(keeping, remembered)
            if found is not None:
                return found
    except A360Error as trouble:
        if not can_ask(options):
            raise
        say_trouble(trouble)
    return None


async def stored_key(keeping: Safekeeping, binding: Binding) -> Secret | None:
    """The API key that is stored for this user, whether it is in force or not; raises `StorageError`."""
    from a360tui.storage import SecretKind

    return await keeping.store.get(binding, SecretKind.API_KEY)


async def api_key(options: CommonOptions, keeping: Safekeeping, binding: Binding) -> Chosen:
    """An API key and nothing else: given, stored or typed."""
    from a360tui.storage import SecretKind

    if options.password_stdin:
        raise InvalidInput("A password does not help here: this is about an API key.", "Give --api-key-stdin.")
    sent = given(options)
    if sent is not None:
        return Chosen(sent)
    found = await stored(options, keeping, binding, (SecretKind.API_KEY,))
    return found or Chosen(asked_key(options, binding.username))


async def _remembered(keeping: Safekeeping, binding: Binding, kinds: Sequence[SecretKind]) -> list[Remembered]:
    """What is stored of these kinds, without what was refused before, and without a key that may have been replaced."""
    from asyncio import to_thread

    from a360tui.storage import SecretKind
    from a360tui.workflow.refused_secrets import RefusedSecrets

    remembered = {each.kind: each for each in await keeping.store.bindings() if each.binding == binding}
    refused = RefusedSecrets(keeping.locations)
    usable = []
    for each in [remembered[kind] for kind in kinds if kind in remembered]:
        if await to_thread(refused.includes, each):
            say(f"The stored {each.kind.words} was refused before; it is not tried again automatically.")
        elif each.kind is SecretKind.API_KEY and await to_thread(_may_be_dead, keeping, binding):
            say("The stored API key is not used: a rotation of it is not finished. Finish it: a360tui key recover")
        else:
            usable.append(each)
    return usable


def _may_be_dead(keeping: Safekeeping, binding: Binding) -> bool:
    from a360tui.workflow.rotation.unfinished import recorded_rotations

    return any(each.record is None or not each.record.stored for each in recorded_rotations(keeping, binding))


async def _opened(keeping: Safekeeping, remembered: Remembered) -> Chosen | None:
    from a360tui.api import ApiKey, Password
    from a360tui.storage import SecretKind

    secret = await keeping.store.get(remembered.binding, remembered.kind)
    if secret is None:
        return None
    return Chosen(ApiKey(secret) if remembered.kind is SecretKind.API_KEY else Password(secret), remembered)
