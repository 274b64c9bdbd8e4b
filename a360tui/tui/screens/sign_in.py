"""Sign in to a Control Room: address, user, password or API key."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from a360tui.errors import A360Error, InvalidInput
from a360tui.secret import Secret
from a360tui.text import harmless
from a360tui.tui.actions import BACK
from a360tui.tui.first_frame import SIGN_IN
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.choice_line import ChoiceLine
from a360tui.tui.widgets.field import Field, FieldInput, SecretInput
from a360tui.tui.widgets.menu import Choice, Menu
from a360tui.tui.widgets.status import Status

if TYPE_CHECKING:
    from a360tui.api import Address, ApiKey, Password
    from a360tui.storage import Profile, Remembered, SignIn
    from a360tui.workflow.destination import Destination
    from a360tui.workflow.sign_in_type import SignInType

_PASSWORD, _API_KEY = "password", "API key"
_PERHAPS_A_KEY = "If it was an API key, choose API key below."
_KEY_LENGTH = 40

_OTHER_SESSIONS: dict[str, tuple[bool | None, str]] = {
    "default": (None, ""),
    "keep the others": (True, "Asks to keep them, in a browser too (multipleLogin: true)."),
    "end the others": (False, "Asks to end them, in a browser too (multipleLogin: false)."),
}
"""What becomes of the user's other sessions: the choice → what the sign-in says, and what is known of it."""


class SignInScreen(A360Screen):
    """The form; each error stands at the field that it is about."""

    NAME: ClassVar[str] = "Sign in"
    HEADING: ClassVar[str] = SIGN_IN
    CSS_PATH = "sign_in.tcss"
    AUTO_FOCUS = ""  # the first field that is empty, not the first of all

    def __init__(
        self, address: str = "", username: str = "", *, profile: Profile | None = None, at_once: bool = False
    ) -> None:
        """With a ``profile`` the form begins with what that says; ``at_once`` signs in with what is remembered for it.

        An address or a user name beside the profile is what is typed into its place.
        """
        super().__init__()
        self._profile = profile
        self._at_once = at_once
        self._address = address or (profile.url if profile is not None else "")
        self._username = username or (profile.username if profile is not None else "")
        self._remembered: dict[str, Remembered] = {}
        self._types: dict[Address, SignInType] = {}
        """How users sign in, by the Control Rooms that were asked."""
        self._asked: Address | None = None
        """Which one is being asked."""
        self._asking = asyncio.Lock()
        self._doubted: tuple[str, str] | None = None
        """The doubt that was shown, and the name that it was about."""

    def compose_body(self) -> ComposeResult:
        """The fields and the one button."""
        yield Field(
            "Control Room",
            FieldInput(self._address, placeholder="https://NAME.my.automationanywhere.digital"),
            name="address",
            note="As in the browser; /#/login and the like are removed.",
        )
        yield Field("User name", FieldInput(self._username, placeholder="name, or DOMAIN\\name"), name="username")
        by_key = self._profile is not None and self._profile.sign_in == "api_key"
        # Beneath it: who types a name, tab and a password, as everywhere, must not type the password into a choice.
        yield Field("API key" if by_key else "Password", SecretInput(), name="secret")
        yield ChoiceLine("Sign in with", (_PASSWORD, _API_KEY), index=int(by_key), id="kind")
        yield ChoiceLine("Sessions", tuple(_OTHER_SESSIONS), id="other-sessions")
        yield Static("", id="other-sessions-note", classes="dim", markup=False)
        yield ChoiceLine("Remember", ("no", "yes"), id="remember")
        yield Static("", id="kept-in", classes="dim", markup=False)
        if self._profile is None:
            yield Field("Save as", FieldInput(placeholder="a profile name; if empty, nothing is saved"), name="profile")
        remembered = Menu(id="remembered", label_width=44)
        remembered.display = False
        yield remembered
        with Horizontal(id="buttons"):
            yield Button("Sign in", id="sign-in", variant="primary")
        yield Status(id="status", markup=False)

    def on_mount(self) -> None:
        """Begin at the first field that is empty."""
        self.call_after_refresh(self._offer_remembered)
        names = ("address", "username", "secret")
        first = next((self.field(name) for name in names if not self.field(name).value), self.field("secret"))
        self.set_focus(first.input)  # now: the first frame shows it
        self._look_at_address()

    def field(self, name: str) -> Field:
        """The field of that name."""
        return self.query_one(f"#field-{name}", Field)

    @work(exclusive=True, group="remembered", exit_on_error=False, description="look for stored sign-ins")
    async def _offer_remembered(self) -> None:
        """Offer the sign-ins that are stored, and say of a rotation that was left halfway."""
        await self.a360.begun.wait()  # the form is there before what it needs to look is imported
        from a360tui.storage import SecretKind
        from a360tui.workflow.destination import bound_address
        from a360tui.workflow.rotation import unfinished

        keeping = await self.a360.stores.keeping(is_demo=False)
        try:
            kept = [each for each in await keeping.store.bindings() if each.kind is not SecretKind.PENDING_API_KEY]
            halfway = [each for each in unfinished(keeping) if each.binding is not None]
        except A360Error as error:
            self.query_one("#kept-in", Static).update(Content(str(error)))
            return
        if trouble := keeping.store.trouble:
            self.query_one("#kept-in", Static).update(Content(str(trouble)))
        self._remembered = {f"{index}": each for index, each in enumerate(kept)}
        kinds = {SecretKind.PASSWORD: _PASSWORD, SecretKind.API_KEY: _API_KEY}
        menu = self.query_one("#remembered", Menu)
        menu.choices = tuple(
            Choice(
                name,
                harmless(f"{each.binding.username} at {bound_address(each.binding).display}"),
                f"stored {kinds[each.kind]}",
            )
            for name, each in self._remembered.items()
        )
        menu.display = bool(kept)
        fitting = next((name for name, each in self._remembered.items() if self._is_of_profile(each)), None)
        if fitting is not None:
            menu.cursor = int(fitting)
        if kept and not self.unsaved and (fitting is not None or self._profile is None):
            menu.focus()
        if self._at_once and fitting is not None:
            self._at_once = False
            self._sign_in_remembered(self._remembered[fitting])
        if halfway and halfway[0].binding is not None:
            self.query_one(Status).update(
                Content(f"A rotation for {halfway[0].binding} was not finished: sign in there to finish it.")
            )

    def _is_of_profile(self, remembered: Remembered) -> bool:
        """Whether it is what the profile signs in with."""
        from a360tui.workflow.destination import Destination
        from a360tui.workflow.profiles import address_of

        profile = self._profile
        return (
            profile is not None
            and remembered.kind.value == profile.sign_in
            and remembered.binding == Destination(address_of(profile)).binding(profile.username)
        )

    @on(Menu.Chosen, "#remembered")
    def _use_remembered(self, message: Menu.Chosen) -> None:
        if not self.is_working("sign-in"):
            self._sign_in_remembered(self._remembered[message.choice.name])

    @work(exclusive=True, group="sign-in", exit_on_error=False, description="sign in with a stored secret")
    async def _sign_in_remembered(self, remembered: Remembered) -> None:
        from a360tui.api import ApiKey, Password
        from a360tui.storage import SecretKind
        from a360tui.workflow.destination import bound_address

        binding = remembered.binding
        status = self.query_one(Status)
        self.field("address").input.value = bound_address(binding).url
        self.field("username").input.value = binding.username
        kind = ApiKey if remembered.kind is SecretKind.API_KEY else Password
        self.query_one("#kind", ChoiceLine).choose(_API_KEY if kind is ApiKey else _PASSWORD)
        try:
            destination = self.destination()
            secret = await (await self.a360.stores.keeping(is_demo=False)).store.get(binding, remembered.kind)
            if secret is None:
                status.update("It is no longer stored.")
                return
            status.update(f"Signing in at {destination.address.display} …")
            await self.a360.signing_in.sign_in(
                destination,
                destination.address.display,
                binding.username,
                kind(secret),
                profile=self._profile_for(destination, binding.username),
                is_stored=True,
            )
        except A360Error as error:
            status.update(Content(str(error)))
        finally:
            if self.is_attached:
                self.call_later(self.refresh_bindings)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Ask a Control Room how its users sign in, once its address is typed."""
        if event.widget is self.field("address").input:
            self._look_at_address()

    def _look_at_address(self) -> None:
        try:
            destination = self.destination()
        except InvalidInput:
            return  # said when it is to be used
        if destination.address != self._asked:
            self._asked = destination.address
            self._ask_type(destination)

    @work(exclusive=True, group="type", exit_on_error=False, description="ask how users sign in")
    async def _ask_type(self, destination: Destination) -> None:
        from a360tui.workflow.sign_in_type import SignInWay

        try:
            kind = await self._type_at(destination)
        except A360Error:
            self._asked = None
            return  # said at the sign-in: the address may be half typed
        self.field("username").explain(kind.words if kind.way is not SignInWay.DATABASE else "")
        if kind.way is SignInWay.ELSEWHERE and not self.field("secret").value:
            self.query_one("#kind", ChoiceLine).choose(_API_KEY)

    async def _type_at(self, destination: Destination) -> SignInType:
        """How users sign in there; each address is asked once."""
        from a360tui.workflow.sign_in_type import sign_in_type

        async with self._asking:
            known = self._types.get(destination.address)
            if known is None:
                async with replace(destination, listener=self.a360.exchanges.record).open() as room:
                    known = self._types[destination.address] = await sign_in_type(room)
        return known

    def destination(self) -> Destination:
        """What the form says of where to; `InvalidInput` for an address that is none."""
        from a360tui.api import parse_address

        multiple_login, _ = _OTHER_SESSIONS[self.query_one("#other-sessions", ChoiceLine).value]
        address = parse_address(self.field("address").value)
        from a360tui.workflow.destination import Destination

        profile = self._profile_at(address)
        profile = profile or self.a360.profiles.of(address, self.field("username").value.strip())
        ca_file = self.a360.ca_file or (profile.ca_file if profile is not None else None)
        return Destination(address, ca_file=ca_file, multiple_login=multiple_login)

    def _profile_at(self, address: Address) -> Profile | None:
        """The profile that the form began with, where it still says that Control Room."""
        from a360tui.workflow.profiles import address_of

        profile = self._profile
        return profile if profile is not None and address_of(profile) == address else None

    def _profile_for(self, destination: Destination, username: str) -> Profile | None:
        """The same, where it still says that user, too."""
        profile = self._profile_at(destination.address)
        return profile if profile is not None and profile.username in {"", username} else None

    @on(ChoiceLine.Changed, "#other-sessions")
    def _other_sessions_changed(self, message: ChoiceLine.Changed) -> None:
        self.query_one("#other-sessions-note", Static).update(_OTHER_SESSIONS[message.value][1])

    @on(ChoiceLine.Changed, "#kind")
    def _kind_changed(self, message: ChoiceLine.Changed) -> None:
        self.field("secret").label = "API key" if message.value == _API_KEY else "Password"

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        parent = message.input.parent
        if isinstance(parent, Field):
            parent.explain()

    @on(Input.Submitted)
    def _next(self, message: Input.Submitted) -> None:
        following = {"address": "username", "username": "secret"}.get(str(cast("Field", message.input.parent).name))
        if following is not None:
            self.field(following).input.focus()
        else:
            self.action_sign_in()

    @on(Button.Pressed, "#sign-in")
    def _pressed(self) -> None:
        self.action_sign_in()

    def action_sign_in(self) -> None:
        """Check the fields and sign in."""
        try:
            destination = self.destination()
        except InvalidInput as error:
            self.field("address").complain(str(error))
            return
        username = self.field("username").value.strip()
        if not username:
            self.field("username").complain("The user name is empty. Give the name you sign in with in the browser.")
            return
        secret_field = self.field("secret")
        if not secret_field.value:
            secret_field.complain("This field is empty.")
            return
        try:
            new_profile = self._new_profile(destination, username)
        except InvalidInput as error:
            self.field("profile").complain(str(error))
            return
        # A second Enter must not send a second try: failures add up to a disabled user.
        if not self.is_working("sign-in"):
            self._sign_in(destination, username, new_profile)

    def _new_profile(self, destination: Destination, username: str) -> Profile | None:
        """The profile that the form is to be saved as; `InvalidInput` where its name is none, or taken."""
        name = self.field("profile").value.strip() if self._profile is None else ""
        if not name:
            return None
        self.a360.profiles.check_new_name(name)
        from a360tui.storage import Profile

        sign_in: SignIn = "api_key" if self.query_one("#kind", ChoiceLine).value == _API_KEY else "password"
        return Profile(name, destination.address.url, username, sign_in, destination.ca_file)

    @work(exclusive=True, group="sign-in", exit_on_error=False, description="sign in")
    async def _sign_in(self, destination: Destination, username: str, new_profile: Profile | None) -> None:
        from a360tui.api import ApiKey, Password
        from a360tui.api.errors import NotReachable, SignInFailed

        status = self.query_one(Status)
        secret_field = self.field("secret")
        kind = ApiKey if self.query_one("#kind", ChoiceLine).value == _API_KEY else Password
        status.update(f"Signing in at {destination.address.display} …")
        self.refresh_bindings()
        try:
            if self._has_doubt(await self._type_at(destination), username, kind):
                return
            credential = kind(Secret(secret_field.value))
            profile = new_profile or self._profile_for(destination, username)
            await self.a360.signing_in.sign_in(
                destination,
                destination.address.display,
                username,
                credential,
                profile=profile,
                save_profile=new_profile is not None,
                remember=self.query_one("#remember", ChoiceLine).value == "yes",
            )
        except SignInFailed as error:
            perhaps_a_key = kind is Password and len(secret_field.value) == _KEY_LENGTH
            secret_field.empty()
            secret_field.complain(f"{error} {_PERHAPS_A_KEY}" if perhaps_a_key else str(error))
        except NotReachable as error:
            self.field("address").complain(str(error))
        except A360Error as error:
            self.a360.show_error(error)
        finally:
            if self.is_attached:
                status.update("")
                self.call_later(self.refresh_bindings)

    def _has_doubt(self, kind: SignInType, username: str, credential: type[Password | ApiKey]) -> bool:
        """Show what speaks against this sign-in, before a failure is counted; who tries again means it."""
        from a360tui.workflow.sign_in_type import SignInWay

        doubt = kind.doubt(username, credential)
        if not doubt or self._doubted == (doubt, username):
            return False
        self._doubted = doubt, username
        field = self.field("secret" if kind.way is SignInWay.ELSEWHERE else "username")
        field.complain(f"{doubt} Sign in again to try anyway.")
        return True

    @property
    def unsaved(self) -> str:
        """What was typed."""
        typed = [field.value for field in self.query(Field)]
        return "" if "".join(typed) == self._address + self._username else "What you typed here will be lost."

    def action_back(self) -> None:
        """Give up the sign-in that is on its way, at once; else go back."""
        if self.is_working("sign-in"):
            self.workers.cancel_group(self, "sign-in")
            self.query_one(Status).update("")
            self.notify("The sign-in was cancelled.", markup=False)
        else:
            super().action_back()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where this is the first screen, there is nothing to go back to, but a sign-in can be given up."""
        if action == BACK:
            # The first of the stack is Textual's own.
            return len(self.app.screen_stack) > 2 or self.is_working("sign-in")  # noqa: PLR2004 - as the line above says
        return super().check_action(action, parameters)
