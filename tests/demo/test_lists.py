from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a360tui.demo import DemoServer
from tests.demo.conftest import Caller, http_client

ODD_NAMES = [
    "Straße",
    "STRASSEN",
    "İstanbul",
    "ıtır",
    "ÅNGSTRÖM",
    "a_b%c",
    "nul\0nul",
    "\x1b[31m",
    "O'Brien;--",
    "\U0001f511 key",
]


@pytest.fixture(scope="module")
def company() -> Iterator[Caller]:
    """An administrator of a company with 230 users, some with odd names."""
    with DemoServer(users=220).on_loopback() as running, http_client(running) as client:
        caller = Caller(client, running)
        caller.sign_in("admin")
        for name in ODD_NAMES:
            user = {"username": name, "firstName": name.upper(), "description": name[::-1], "password": "long enough"}
            assert caller.post("usermanagement/users", user).status_code == 201
        yield caller


@pytest.fixture(scope="module")
def everybody(company: Caller) -> list[dict[str, Any]]:
    """Every user, as the rows of two pages."""
    return company.rows("users") + company.rows("users", page={"offset": 200})


def test_a_page_is_capped_without_a_word(company: Caller) -> None:
    """Whatever length is asked, 200 rows come at most; the totals tell the truth."""
    answer = company.post("usermanagement/users/list", {"page": {"offset": 0, "length": 5000}}).json()
    assert (len(answer["list"]), answer["page"]) == (200, {"offset": 0, "total": 230, "totalFilter": 230})
    rest = company.post("usermanagement/users/list", {"page": {"offset": 200, "length": 5000}}).json()
    assert (len(rest["list"]), rest["page"]["offset"]) == (30, 200)
    assert company.rows("users", page={"offset": 230}) == []
    assert company.rows("users", page={"length": 0}) == []


def test_total_counts_all_and_total_filter_what_matches(company: Caller) -> None:
    """A filter changes the second number alone."""
    body = {"filter": {"operator": "substring", "field": "username", "value": "SVC-"}, "page": {"length": 2}}
    answer = company.post("usermanagement/users/list", body).json()
    assert (len(answer["list"]), answer["page"]) == (2, {"offset": 0, "total": 230, "totalFilter": 5})


def test_the_default_order_is_newest_id_first(everybody: list[dict[str, Any]]) -> None:
    """Without a sort the last made comes first."""
    assert [int(row["id"]) for row in everybody] == list(range(230, 0, -1))


def test_rows_are_sorted_without_case_by_each_field_in_turn(company: Caller, everybody: list[dict[str, Any]]) -> None:
    """The second field decides where the first is equal."""
    sort = [{"field": "lastName", "direction": "desc"}, {"field": "username", "direction": "asc"}]
    expected = sorted(everybody, key=lambda row: str(row["username"]).casefold())
    expected.sort(key=lambda row: str(row["lastName"]).casefold(), reverse=True)
    found = company.rows("users", sort=sort)
    assert [row["username"] for row in found] == [row["username"] for row in expected][:200]


@pytest.mark.parametrize(
    "request_body",
    [
        {"filter": []},
        {"filter": "username"},
        {"filter": {"operator": "like", "field": "username", "value": "a"}},
        {"filter": {"operator": ["eq"], "field": "username", "value": "a"}},
        {"filter": {"operator": "eq", "field": "password", "value": "a"}},
        {"filter": {"operator": "eq", "field": "username; DROP TABLE users", "value": "a"}},
        {"filter": {"operator": "eq", "field": ["username"], "value": "a"}},
        {"filter": {"operator": "eq", "field": "username"}},
        {"filter": {"operator": "eq", "field": "username", "value": 1}},
        {"filter": {"operator": "eq", "field": "id", "value": "one"}},
        {"filter": {"operator": "eq", "field": "id", "value": "٣"}},
        {"filter": {"operator": "gt", "field": "createdOn", "value": "yesterday"}},
        {"filter": {"operator": "gt", "field": "disabled", "value": "true"}},
        {"filter": {"operator": "eq", "field": "disabled", "value": "maybe"}},
        {"filter": {"operator": "substring", "field": "createdOn", "value": "2026"}},
        {"filter": {"operator": "and", "operands": []}},
        {"filter": {"operator": "or"}},
        {"filter": {"operator": "or", "operands": ["x"]}},
        {"filter": {"operator": "not", "operands": [{"operator": "NONE"}, {"operator": "NONE"}]}},
        {"filter": {"operator": "or", "operands": [{"operator": "NONE"}] * 250}},
        {"sort": [{"field": "password"}]},
        {"sort": [{"field": "username", "direction": "up"}]},
        {"sort": {"field": "username"}},
        {"sort": [{"field": "username"}] * 9},
        {"page": []},
        {"page": {"offset": -1}},
        {"page": {"length": "100"}},
        {"page": {"length": True}},
        {"page": {"offset": 10**20}},
    ],
)
def test_a_list_request_that_does_not_fit_is_400(company: Caller, request_body: dict[str, Any]) -> None:
    """Only known fields, operators and directions, values that fit, and a bounded size."""
    assert company.post("usermanagement/users/list", request_body).status_code == 400


def test_nesting_is_bounded(company: Caller) -> None:
    """Sixteen levels are answered, seventeen are 400."""

    def nested(levels: int) -> dict[str, Any]:
        node: dict[str, Any] = {"operator": "NONE"}
        for _ in range(levels - 1):
            node = {"operator": "and", "operands": [node]}
        return {"filter": node}

    assert company.post("usermanagement/users/list", nested(16)).status_code == 200
    assert company.post("usermanagement/users/list", nested(17)).status_code == 400


COMPARISONS = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "ge": lambda a, b: a >= b,
    "gt": lambda a, b: a > b,
}
TEXTS = ("username", "firstName", "lastName", "email", "description")


def reading(field: str, value: str) -> Any:
    """A value of a filter, or of a row as text, as what it means."""
    if field == "createdOn":
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if field in {"id", "version"}:
        return int(value)
    return value.casefold() == "true" if field == "disabled" else value


def matches(node: dict[str, Any], row: dict[str, Any]) -> bool:
    """What the filter means, said once more in Python."""
    match node["operator"]:
        case "NONE":
            return True
        case "and":
            return all(matches(operand, row) for operand in node["operands"])
        case "or":
            return any(matches(operand, row) for operand in node["operands"])
        case "not":
            return not matches(node["operands"][0], row)
        case "substring":
            return node["value"].casefold() in row[node["field"]].casefold()
        case operator:
            field = node["field"]
            return bool(COMPARISONS[operator](reading(field, str(row[field])), reading(field, node["value"])))


PARTS = st.sampled_from(["", "a", "SS", "ß", "i̇", "ı", "%", "_", "\0", "'", "an", "svc-", "🔑", "Å", "zz"])
WHOLE = st.sampled_from([*ODD_NAMES, "admin", "creator", "Admin", "svc-crm", "", "m", "\uffff"])
NUMBERS = st.integers(0, 250).map(str)
FLAGS = st.sampled_from(["true", "false", "TRUE"])
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).flatmap(  # noqa: DTZ001 - with and without an offset
    lambda moment: st.sampled_from([moment.isoformat(), f"{moment.isoformat()}Z", f"{moment.isoformat()}+05:30"])
)


def leaf(operators: Any, fields: Any, values: Any) -> Any:
    return st.fixed_dictionaries({"operator": operators, "field": fields, "value": values})


LEAVES = st.one_of(
    st.just({"operator": "NONE"}),
    leaf(st.just("substring"), st.sampled_from(TEXTS), PARTS),
    leaf(st.sampled_from(list(COMPARISONS)), st.sampled_from(TEXTS), WHOLE | PARTS),
    leaf(st.sampled_from(list(COMPARISONS)), st.sampled_from(["id", "version"]), NUMBERS),
    leaf(st.sampled_from(list(COMPARISONS)), st.just("createdOn"), TIMES),
    leaf(st.sampled_from(["eq", "ne"]), st.just("disabled"), FLAGS),
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: (
        st.fixed_dictionaries(
            {"operator": st.sampled_from(["and", "or"]), "operands": st.lists(inner, min_size=1, max_size=3)}
        )
        | st.fixed_dictionaries({"operator": st.just("not"), "operands": st.lists(inner, min_size=1, max_size=1)})
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(node=FILTERS)
def test_a_filter_finds_what_it_means(company: Caller, everybody: list[dict[str, Any]], node: dict[str, Any]) -> None:
    """For any filter the SQL finds the same users as its meaning in Python, and counts them right."""
    expected = [row["id"] for row in everybody if matches(node, row)]
    answer = company.post("usermanagement/users/list", {"filter": node}).json()
    assert (answer["page"]["totalFilter"], [row["id"] for row in answer["list"]]) == (len(expected), expected[:200])


@pytest.mark.parametrize("part", ["straSSE", "STRASSE", "STRAßE", "straß"])
def test_substring_looks_without_case(company: Caller, part: str) -> None:
    """Also beyond ASCII, and where one letter is two in the other case."""
    rows = company.rows("users", filter={"operator": "substring", "field": "username", "value": part})
    assert {row["username"] for row in rows} == {"Straße", "STRASSEN"}


def test_a_time_is_compared_as_a_moment(company: Caller, everybody: list[dict[str, Any]]) -> None:
    """The same moment in another offset, and without one in UTC, is equal."""
    row = everybody[100]
    moment = datetime.fromisoformat(row["createdOn"])
    for value in (moment.astimezone(timezone(timedelta(hours=5, minutes=30))), moment.replace(tzinfo=None)):
        rows = company.rows("users", filter={"operator": "eq", "field": "createdOn", "value": value.isoformat()})
        assert [found["id"] for found in rows] == [row["id"]]


def test_roles_are_filtered_by_their_own_fields(company: Caller) -> None:
    """Name, being a system role and the number of people are fields of a role."""
    system = {"operator": "eq", "field": "systemRole", "value": "true"}
    named = {"operator": "substring", "field": "name", "value": "iq bot"}
    rows = company.rows("roles", filter={"operator": "and", "operands": [system, named]})
    assert {row["name"] for row in rows} == {"AAE_IQ Bot Admin", "AAE_IQ Bot Services", "AAE_IQ Bot Validator"}
    crowded = company.rows("roles", filter={"operator": "gt", "field": "countPrincipals", "value": "100"})
    assert {row["name"] for row in crowded} == {"AAE_Basic"}
    assert company.post("usermanagement/roles/list", {"filter": {**system, "field": "username"}}).status_code == 400
