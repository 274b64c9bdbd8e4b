"""People with a key in each state, and their inventory on the screen."""

from a360tui.tui.widgets.paged_list import PagedList
from tests.tui.stage import Stage
from tests.tui.witness import Witness

NAME = "API key users"
KEYS = ("creator", "svc-crm", "svc-invoices", "svc-hr-sync", "svc-reports", "svc-warehouse")


def company(witness: Witness) -> None:
    """People with a key in each state may generate one."""
    assert witness.admin.allow_keys(*KEYS).status_code == 201


def names(it: Stage) -> list[str]:
    keys = it.app.screen.query_one(PagedList)
    rows = [keys._row_at(index) for index in range(keys.total)]
    return [row.cells[0] for row in rows if row is not None]


def user_reads(it: Stage) -> int:
    """How many single users were asked for besides the signed-in one, whom the workflow reads."""
    paths = [
        exchange.path for exchange in it.sent("") if "/users/" in exchange.path and not exchange.path.endswith("list")
    ]
    return sum(not path.endswith(f"/{it.session.signed_in.user.id}") for path in paths)


async def open_keys(it: Stage) -> None:
    await it.be_admin()
    await it.press("5")
    await it.shows("5 of 6 who may generate have one", "Read at 09:41 UTC.")
