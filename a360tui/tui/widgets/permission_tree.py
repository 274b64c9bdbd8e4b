"""The permissions of a role as a tree by section; *API › Generate API-Key* is what the role is for and stays chosen."""

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text, TextType
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from a360tui.api import GENERATE_API_KEY, Permission
from a360tui.workflow.permissions import SECTIONS


class PermissionTree(Tree[Permission | None]):
    """Sections that open and close, and boxes that are chosen with space."""

    DEFAULT_CSS = """
    PermissionTree {
        height: 5;
        padding: 0;
        background: $background;
        scrollbar-size-vertical: 1;
        & > .tree--cursor { background: $block-cursor-background; color: $accent; text-style: bold; }
        &:focus > .tree--cursor { background: $block-cursor-background; }
        &:blur > .tree--cursor { background: $background; color: $foreground; text-style: none; }
        & > .tree--highlight { text-style: none; }
        & > .tree--highlight-line { background: $background; }
        &:nocolor:focus > .tree--cursor { text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "choose", "choose"),
        Binding("k", "cursor_up", "up", show=False),
        Binding("j", "cursor_down", "down", show=False),
        Binding("right", "open", "open", show=False),
        Binding("left", "close", "close", show=False),
    ]
    show_root = False
    show_guides = False
    guide_depth = 2
    auto_expand = False

    @dataclass
    class Changed(Message):
        """Other permissions are chosen."""

        tree: "PermissionTree"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("Permissions", id=id)
        self._chosen: list[Permission] = [GENERATE_API_KEY]
        for section, rows in SECTIONS.items():
            branch = self.root.add(section, None, expand=section == "API")
            for permission, label in rows:
                branch.add_leaf(label, permission)
        self.root.expand()
        for branch in self.root.children:
            self._label(branch)

    def process_label(self, label: TextType) -> Text:
        """Take a label as it is: for markup Rich would load the names of all emoji."""
        return label if isinstance(label, Text) else Text(label)

    @property
    def chosen(self) -> tuple[Permission, ...]:
        """The chosen permissions, *Generate API-Key* first."""
        return tuple(self._chosen)

    def _label(self, branch: TreeNode[Permission | None]) -> None:
        section = next(name for index, name in enumerate(SECTIONS) if self.root.children[index] is branch)
        count = 0
        for leaf, (permission, label) in zip(branch.children, SECTIONS[section], strict=True):
            chosen = permission in self._chosen
            count += chosen
            leaf.set_label(Text(f"{'■' if chosen else '□'} {label}"))
        branch.set_label(Text(f"{section}   {count} of {len(branch.children)}"))

    def action_choose(self) -> None:
        """Choose the permission under the cursor or take it out again; open or close a section."""
        node = self.cursor_node
        if node is None:
            return
        if node.data is None:
            node.toggle()
            return
        if node.data == GENERATE_API_KEY:
            self.app.notify("This permission is what the role is for; it stays.", markup=False)
            return
        if node.data in self._chosen:
            self._chosen.remove(node.data)
        else:
            self._chosen.append(node.data)
        if node.parent is not None:
            self._label(node.parent)
        self.post_message(self.Changed(self))

    def action_open(self) -> None:
        """Open the section under the cursor."""
        if self.cursor_node is not None and self.cursor_node.allow_expand:
            self.cursor_node.expand()

    def action_close(self) -> None:
        """Close the section under the cursor, or that of the permission under it."""
        node = self.cursor_node
        if node is None:
            return
        if node.allow_expand and node.is_expanded:
            node.collapse()
        elif node.parent is not None and node.parent is not self.root:
            self.move_cursor(node.parent)

    @on(Tree.NodeSelected)
    def _clicked(self, message: "Tree.NodeSelected[Permission | None]") -> None:
        message.stop()
        self.action_choose()
