"""The registry of actions: one table feeds bindings, key line, command palette, help and README."""

from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType

EVERYWHERE = "everywhere"
BACK = "back"


@dataclass(frozen=True)
class Action:
    """What a key does on a screen."""

    screen: str
    """The screen's name as help shows it, or `EVERYWHERE`."""
    keys: str
    """Textual key names, comma-separated; the first is the one that is shown."""
    name: str
    """The method without ``action_``."""
    label: str
    """One or two words for the key line."""
    what: str
    """A phrase for the palette, help and README."""
    in_key_line: bool = True
    priority: bool = False
    """Whether it works while a field has the focus, before the field sees the key."""
    in_dialogs: bool = True
    """Whether one that works everywhere works over a dialog."""

    @property
    def binding(self) -> Binding:
        """Its Textual binding."""
        return Binding(
            self.keys, self.name, self.label, show=self.in_key_line, priority=self.priority, tooltip=self.what
        )


class Write(Action):
    """An action that changes something, or leads to a change; not available under read-only."""


_KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "pageup": "pgup",
    "pagedown": "pgdn",
}

ACTIONS: tuple[Action, ...] = (
    Action(EVERYWHERE, "question_mark,f1", "help", "help", "Show this screen's keys"),
    Action(EVERYWHERE, "escape", BACK, "back", "Go back"),
    Action(EVERYWHERE, "ctrl+p", "command_palette", "commands", "Find any action by name"),
    Action(EVERYWHERE, "f2", "requests", "requests", "Show the requests that were sent", in_key_line=False),
    Action(
        EVERYWHERE,
        "f3",
        "doctor",
        "doctor",
        "Run the doctor: check every step to the Control Room",
        in_key_line=False,
        in_dialogs=False,
    ),
    Action(EVERYWHERE, "f4", "profiles", "profiles", "Show the profiles", in_key_line=False, in_dialogs=False),
    Action(EVERYWHERE, "ctrl+l", "draw_anew", "redraw", "Redraw the screen", in_key_line=False),
    Action(EVERYWHERE, "ctrl+q", "quit", "quit", "Quit"),
    Action("Start", "o", "own_control_room", "own", "Sign in to your own Control Room", in_key_line=False),
    Action("Sign in", "ctrl+s", "sign_in", "sign in", "Sign in with what you typed"),
    Action("Workflow", "1", "role", "role", "Go to the role", in_key_line=False),
    Action("Workflow", "2", "key", "key", "Go to your API key", in_key_line=False),
    Action("Workflow", "3", "use", "use", "Sign in with the key", in_key_line=False),
    Action("Workflow", "4", "duration", "duration", "Go to the API-Key duration", in_key_line=False),
    Action("Workflow", "5", "keys", "keys", "See everyone's keys and when they end", in_key_line=False),
    Action("Workflow", "s", "switch_user", "switch user", "Sign in as someone else"),
    Action("Workflow", "r", "reload", "read again", "Read the state from the Control Room again", in_key_line=False),
    Write("Workflow", "f", "forget", "forget", "Forget this user's stored password and key", in_key_line=False),
    Action("Workflow", "c", "calls", "calls", "Show the calls the vendor does not publish", in_key_line=False),
    Action("Calls", "l", "learn", "learn", "Learn the calls from a file your browser saved"),
    Action("Calls", "h", "steps", "how to record", "Show how a browser records the calls"),
    Action("Calls", "f", "forget", "forget", "Forget what was learned, and your consent"),
    Action("Learn calls", "ctrl+s", "go_on", "go on", "Read the file, then keep what it shows"),
    Write("Roles", "n", "new_role", "new role", "Set up a new role"),
    Action("Roles", "slash", "filter", "filter", "Filter the roles by name"),
    Action("Roles", "r", "reload", "read again", "Read the roles again", in_key_line=False),
    Write("Role set-up", "ctrl+s", "create", "create", "Carry out the plan"),
    Action("Role set-up", "ctrl+f", "search", "search users", "Search for users", priority=True),
    Write("My key", "g", "generate", "generate", "Generate the API key", priority=True),
    Write("My key", "g", "regenerate", "regenerate", "Replace the API key with a new one", priority=True),
    Action("My key", "t", "test", "test", "Sign in with the API key", in_key_line=False),
    Action("My key", "u", "usage", "how to use", "Show how a program signs in with the key", in_key_line=False),
    Write("My key", "a", "add_place", "add a place", "Register a place that uses the key", in_key_line=False),
    Write("My key", "p", "put_key", "put key", "Put your key into the place under the cursor"),
    Write("My key", "d", "remove_place", "remove", "Remove the place under the cursor"),
    Action("My key", "r", "reload", "read again", "Read the state of the key again", in_key_line=False),
    Action("New key", "r", "reveal", "reveal", "Show the key for 30 seconds"),
    Action("New key", "c", "copy", "copy", "Copy the key to the clipboard"),
    Action("New key", "t", "test", "test", "Sign in with the key"),
    Write("Add a place", "ctrl+s", "add", "add", "Register the place"),
    Write("Duration", "ctrl+s", "save", "save", "Save the duration"),
    Action("Profiles", "n", "new_profile", "new", "Make a profile"),
    Action("Profiles", "e", "edit_profile", "edit", "Change the profile under the cursor"),
    Action("Profiles", "d", "remove_profile", "remove", "Remove the profile under the cursor"),
    Action("Profile", "ctrl+s", "save", "save", "Save the profile"),
    Action("Doctor", "c", "copy_report", "copy", "Copy a report that can be shown to others"),
    Action("Doctor", "r", "reload", "check again", "Check everything again"),
    Action("Keys", "slash", "filter", "filter", "Filter by name or state"),
    Action("Keys", "e", "export", "export", "Export to a CSV or JSON file"),
    Action("Keys", "m", "marked", "marked", "Add the marked users to a role, or remove them"),
    Action("Keys", "r", "reload", "read again", "Read again, or go on where you stopped", in_key_line=False),
    Action("Requests", "c", "copy_curl", "copy as curl", "Copy the request as a curl command"),
    Action("Requests", "x", "clear", "clear", "Clear the requests shown"),
)
"""Every action that a key is bound to."""


def actions_of(screen: str) -> tuple[Action, ...]:
    """The actions of one screen, in the order of the table."""
    return tuple(action for action in ACTIONS if action.screen == screen)


def writes(screen: str, name: str) -> bool:
    """Whether an action of a screen changes something."""
    return any(isinstance(action, Write) for action in actions_of(screen) if action.name == name)


def app_bindings() -> list[BindingType]:
    """The bindings of the app: all actions that work everywhere, except going back, which each screen binds itself.

    A key with priority works in dialogs and fields too; a key that types a letter must not have it.
    """
    return [
        replace(action, keys=key, priority=len(key_name(key)) > 1).binding
        for action in actions_of(EVERYWHERE)
        if action.name != BACK
        for key in action.keys.split(",")
    ]


def bindings_of(screen: str) -> list[BindingType]:
    """The bindings of a screen or a dialog: its own actions, and going back."""
    back = [action for action in actions_of(EVERYWHERE) if action.name == BACK]
    return [action.binding for action in (*actions_of(screen), *back)]


def key_name(key: str) -> str:
    """A key's name for people: ``?`` for ``question_mark``, ``ctrl+s`` unchanged."""
    return _KEY_NAMES.get(key, key)


def keys_shown(action: Action) -> str:
    """The keys of an action as help and README print them: ``? or f1``."""
    return " or ".join(key_name(key) for key in action.keys.split(","))
