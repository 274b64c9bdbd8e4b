"""`Session`: the signed-in user's connection, which all screens share, and what is known of their key."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from a360tui.api import ApiKey, Password, SignedIn
from a360tui.api.errors import SignInFailed
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.storage import Binding, Guard, Profile, SecretKind
from a360tui.workflow.key import KeySignIn, sign_in_with_key
from a360tui.workflow.references import Reference
from a360tui.workflow.references.registry import Registry
from a360tui.workflow.rotation import Ending, Kept, RotationResult, Safekeeping

if TYPE_CHECKING:
    from a360tui.api import CallName, ControlRoom
    from a360tui.workflow.call_book import CallBook, KnownCalls
    from a360tui.workflow.destination import Destination
    from a360tui.workflow.inventory import Inventory, InventoryReading

SIGN_OUT_TIME = 1.5
"""Seconds to wait for the sign-out."""

_PLACES = {
    Guard.KEYRING: "secrets in keyring",
    Guard.PASSPHRASE: "secrets by passphrase",
    Guard.MEMORY: "secrets in memory",
    None: "no secrets kept",
}


@dataclass
class Session:
    """One signed-in user at one Control Room, from sign-in to sign-out."""

    destination: Destination
    place: str
    """The Control Room's name on the top line."""
    room: ControlRoom
    binding: Binding
    """The binding under which this user's secrets are stored."""
    keeping: Safekeeping
    is_demo: bool
    book: CallBook
    """What this machine knows of the calls that the vendor does not publish."""
    closing: AsyncExitStack = field(repr=False)
    profile: Profile | None = None
    """The profile that it is of."""
    signed_in_by_key: bool = False
    known_key: Secret | None = None
    """This user's key, where this session has made it or signed in with it."""
    is_key_from_store: bool = False
    """Whether the store has the known key."""
    key_sign_in: KeySignIn | None = None
    """The last successful sign-in with the known key."""
    refused_key: Secret | None = None
    """The known key, where it was refused: *Test sign-in* asks for another one then."""
    key_at_risk: bool = False
    """Whether the key is in this process only, and the person has neither taken it nor left it there."""
    key_untaken: bool = False
    """Whether quitting loses a key of a Control Room that goes on: it was left there, and never taken since."""
    others_untaken: frozenset[Binding] = frozenset()
    """The users whose sessions before this one have left such a key."""
    inventory: Inventory | None = None
    """The inventory of keys as it was last read, complete or in part."""
    unfinished_inventory: InventoryReading | None = None
    """Its reading, where that was interrupted; it can be resumed."""

    @classmethod
    async def open(
        cls,
        destination: Destination,
        place: str,
        username: str,
        credential: Password | ApiKey,
        keeping: Safekeeping,
        *,
        book: CallBook,
        is_demo: bool,
        profile: Profile | None = None,
        is_stored: bool = False,
    ) -> Session:
        """Connect and sign in, once; the connection is closed where that fails.

        ``is_stored`` says that the credential comes from the store.
        """
        async with AsyncExitStack() as stack:
            room = await stack.enter_async_context(destination.open())
            await room.sign_in(username, credential)
            by_key = isinstance(credential, ApiKey)
            return cls(
                destination,
                place,
                room,
                destination.binding(username),
                keeping,
                is_demo,
                book,
                stack.pop_all(),
                profile=profile,
                signed_in_by_key=by_key,
                known_key=credential.secret if by_key else None,
                is_key_from_store=by_key and is_stored,
                key_sign_in=KeySignIn.of(room) if by_key else None,
            )

    async def close(self) -> None:
        """Sign out, as far as the Control Room can be reached, and close the connection."""
        try:
            with suppress(A360Error, TimeoutError):  # the token ends by itself; leaving must not depend on the network
                async with asyncio.timeout(SIGN_OUT_TIME):
                    await self.room.sign_out()
        finally:
            self.known_key = None
            await self.closing.aclose()

    async def lock(self) -> None:
        """Sign out as far as the Control Room can be reached, and drop every secret that can be had again."""
        if self.is_key_from_store:
            self.known_key = None
        with suppress(A360Error):
            await self.room.suspend()

    async def remembered(self) -> Password | ApiKey | None:
        """The stored credential, of the kind that was used before if there are both; may ask for the passphrase."""
        store = self.keeping.store
        password = await store.get(self.binding, SecretKind.PASSWORD)
        key = await store.get(self.binding, SecretKind.API_KEY)
        if key is not None and (self.signed_in_by_key or password is None):
            return ApiKey(key)
        return Password(password) if password is not None else None

    def takes_over(self, profile: Profile) -> bool:
        """Whether a profile that was just saved is the one of this session: still of its Control Room and user."""
        from a360tui.workflow.profiles import is_of

        is_own = self.profile is None or self.profile.name == profile.name
        return is_own and not self.is_demo and is_of(profile, self.destination.address, self.binding.username)

    @property
    def is_production(self) -> bool:
        """Whether the user name has to be typed before anything that cannot be undone."""
        return self.profile is not None and self.profile.production

    @property
    def signed_in(self) -> SignedIn:
        """The signed-in user, with what they may do as of the last sign-in or renewal."""
        return self.room.require_signed_in()

    @property
    def roles_words(self) -> str:
        """The user's roles for the top line: ``(API key users +2)``; empty where there are none."""
        # A custom role says more of a person than the ones that everybody has.
        roles = sorted((role.name for role in self.signed_in.user.roles), key=lambda name: name.startswith("AAE_"))
        if not roles:
            return ""
        more = f" +{len(roles) - 1}" if len(roles) > 1 else ""
        return f"({roles[0]}{more})"

    @property
    def token_words(self) -> str:
        """How long the token lasts: ``token 19m``."""
        left = self.room.token_left()
        if left is None:
            return ""
        return "token ended" if left <= timedelta(0) else f"token {max(1, round(left.total_seconds() / 60))}m"

    @property
    def secrets_words(self) -> str:
        """Where secrets are stored, for the top line; a guard that is only chosen guards nothing yet."""
        store = self.keeping.store
        return _PLACES[store.guard if store.guard is Guard.MEMORY or store.since is not None else None]

    # The calls that the vendor does not publish -----------------------------------------------------------------------

    def known_calls(self) -> KnownCalls:
        """The calls as they are known now, which the connection uses from then on.

        Raises `StorageError`, and `InvalidInput` for a file that a person has to correct.
        """
        known = self.book.known()
        self.room.calls = known.calls
        return known

    def may_use(self, *names: CallName) -> bool:
        """Whether these calls may be used without asking; the embedded Control Room has the assumed ones."""
        known = self.known_calls()
        return self.is_demo or not known.needs_consent(names)

    # The key ----------------------------------------------------------------------------------------------------------

    def take(self, result: RotationResult) -> None:
        """Take over the result of a rotation, before anything is drawn."""
        if result.ending in {Ending.LOST, Ending.CONFLICT}:
            # Somebody else has the key in force, or nobody: those known here are dead.
            self.known_key, self.is_key_from_store = None, False
            self.key_taken()
        elif result.key is not None:
            if result.key == self.known_key and result.key_sign_in is None:
                result = replace(result, key_sign_in=self.key_sign_in)  # finishing does not sign in again
            self.key_taken()  # the one before, which is dead
            self.known_key = result.key
            self.is_key_from_store = result.kept is Kept.STORE
            self.key_at_risk = result.kept is Kept.MEMORY
            self.key_untaken = self.key_at_risk and not self.is_demo
        if result.key is None and result.answer is not None and self.keeping.store.guard is Guard.MEMORY:
            self.key_at_risk = True  # a person may find the key in the answer, which only the dialog has
        self.key_sign_in = result.key_sign_in

    def key_taken(self) -> None:
        """The person has revealed or copied the key, or it is of no use any more."""
        self.key_at_risk = self.key_untaken = False
        self.others_untaken -= {self.binding}

    @property
    def quitting_loses_key(self) -> bool:
        """Whether quitting loses a key of a Control Room that goes on, of this session or of one before."""
        return self.key_untaken or bool(self.others_untaken)

    def know(self, key: Secret, sign_in: KeySignIn) -> None:
        """Know a key that has signed in: where it is another one, the one before is dead."""
        if key != self.known_key:
            self.known_key, self.is_key_from_store = key, False
            self.key_taken()
        self.key_sign_in, self.refused_key = sign_in, None

    async def key(self) -> Secret | None:
        """The user's key, from this session or from the store; may ask for the passphrase."""
        if self.known_key is None:
            self.known_key = await self.keeping.store.get(self.binding, SecretKind.API_KEY)
            self.is_key_from_store = self.known_key is not None
        return self.known_key

    async def remember(self, credential: Password | ApiKey) -> None:
        """Store the credential that has signed in; raises `StorageError`."""
        is_key = isinstance(credential, ApiKey)
        kind = SecretKind.API_KEY if is_key else SecretKind.PASSWORD
        await self.keeping.store.put(self.binding, kind, credential.secret)
        self.is_key_from_store |= is_key and credential.secret == self.known_key

    async def forget(self) -> None:
        """Delete what is stored for this user; what this session knows stays until it ends. Raises `StorageError`."""
        await self.keeping.store.forget(self.binding)
        self.is_key_from_store = False

    async def try_key(self, key: Secret) -> KeySignIn:
        """Sign in with a key, once, and keep in mind what came of it; raises what the sign-in raises."""
        try:
            sign_in = await sign_in_with_key(self.destination, self.binding.username, key)
        except SignInFailed:
            if key == self.known_key:  # its text stays, since there may be no other copy
                self.key_sign_in, self.refused_key = None, key
            raise
        self.know(key, sign_in)
        return sign_in

    async def is_key_stored(self) -> bool:
        """Whether the store has a key of this user; unlocks nothing."""
        kept = await self.keeping.store.bindings()
        return any((each.binding, each.kind) == (self.binding, SecretKind.API_KEY) for each in kept)

    def key_place(self, *, is_stored: bool) -> str:
        """Where the key is that this session would use; ``is_stored`` says whether the store has one."""
        store = self.keeping.store
        if is_stored and (self.known_key is None or self.is_key_from_store or store.guard is Guard.MEMORY):
            return store.place
        return "memory, until you sign out" if self.known_key else "not here"

    @property
    def registry(self) -> Registry:
        """The list of places that hold keys."""
        return Registry(self.keeping.locations)

    def references(self) -> tuple[Reference, ...]:
        """The registered places that hold this user's key."""
        return self.registry.references_of(self.binding)
