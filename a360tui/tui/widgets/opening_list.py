"""A list whose rows open, which the line of keys says."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from a360tui.tui.widgets.paged_list import PagedList


class OpeningList(PagedList):
    """A `PagedList` where Enter opens a row and, where there are marks, space marks it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "open"),
        Binding("space", "mark", "mark"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Marking is offered where it can be done."""
        if action == "mark" and not self._can_mark:
            return False
        return super().check_action(action, parameters)
