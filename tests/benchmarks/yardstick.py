"""The yardstick: the least Textual app with a field, a table, a button and a footer; none starts much sooner."""

from textual.app import App, ComposeResult
from textual.widgets import Button, DataTable, Footer, Input

ROWS = 50


class Yardstick(App[None]):
    """Textual as it comes."""

    CSS = "DataTable { height: 1fr; }"
    BINDINGS = [("ctrl+s", "save", "Save"), ("f2", "edit", "Edit"), ("ctrl+r", "refresh", "Refresh")]  # noqa: RUF012 - Textual declares it so

    def compose(self) -> ComposeResult:
        yield Input(placeholder="Filter")
        yield DataTable[str](cursor_type="row")
        yield Button("Apply")
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("User", "Mail", "Role")
        for number in range(ROWS):
            name = f"user{number:03}"
            table.add_row(name, f"{name}@example.org", "member" if number % 7 else "admin")


if __name__ == "__main__":
    Yardstick().run()
