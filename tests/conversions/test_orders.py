"""Orders, refunds and events: once each, of known people, and what they say of a person."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from switchboard.contacts import people_queries
from switchboard.contacts.actions import events as event_actions
from switchboard.contacts.models import Activity, Alias, Contact, Event
from switchboard.contacts.types import Row
from switchboard.conversions import actions, queries, rules
from switchboard.conversions import statements as conversions_sql
from switchboard.conversions.actions import files, steps
from switchboard.conversions.errors import (
    EventError,
    OrderError,
    OrderExistsError,
    RefundError,
    RefundExistsError,
    UnknownPersonError,
)
from switchboard.conversions.models import Deeds, Order
from switchboard.conversions.rules import NewOrder
from switchboard.core import statements
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.factories import make_contact, make_workspace


@pytest.fixture
def workspace(db: None, settings: Settings, tmp_path: Path) -> Workspace:
    settings.HOME = tmp_path
    return make_workspace()


@pytest.fixture
def hana(workspace: Workspace) -> Contact:
    return make_contact(workspace, phone="+819012345678", email="hana@example.com")


def buy(workspace: Workspace, external_id: str = "A-1", *, person: str = "090-1234-5678", **values: Any) -> bool:
    given: dict[str, Any] = {"total": Decimal(4200), "currency": "JPY", "at": NOON - timedelta(days=3), **values}
    with workspace_scope(workspace.pk):
        order = NewOrder(external_id=external_id, **given)
        return actions.record_order(workspace_id=workspace.pk, person=person, order=order, now=NOON)[1]


def test_an_order_is_recorded_once_however_often_it_is_told(workspace: Workspace, hana: Contact) -> None:
    assert [buy(workspace), buy(workspace)] == [True, False]
    assert Order.objects.count() == 1


def test_the_same_id_with_another_total_is_refused(workspace: Workspace, hana: Contact) -> None:
    buy(workspace)
    with pytest.raises(OrderExistsError, match="says something else"):
        buy(workspace, total=Decimal(9))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"total": Decimal(-1)}, rules.NEGATIVE),
        ({"at": NOON + timedelta(days=1)}, rules.FUTURE),
        ({"external_id": " "}, rules.NO_ID),
        ({"currency": "yen"}, rules.NO_CURRENCY),
        ({"refunded": Decimal(9999)}, rules.TOO_MUCH_BACK),
    ],
)
def test_an_order_that_cannot_be_is_refused_in_one_sentence(
    workspace: Workspace, hana: Contact, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(OrderError) as refused:
        buy(workspace, **values)
    assert refused.value.message == sentence


def test_an_order_of_nobody_is_refused(workspace: Workspace) -> None:
    with pytest.raises(UnknownPersonError, match="Import the person first"):
        buy(workspace, person="080-1111-2222")


@pytest.mark.parametrize("person", ["hana@example.com", "+81 90 1234 5678", "HANA@example.com"])
def test_a_person_is_found_by_number_or_address(workspace: Workspace, hana: Contact, person: str) -> None:
    buy(workspace, person=person)
    assert Order.objects.get().contact_id == hana.pk


def test_segments_learn_what_somebody_bought(workspace: Workspace, hana: Contact) -> None:
    buy(workspace, "A-1", at=NOON - timedelta(days=30))
    buy(workspace, "A-2", at=NOON - timedelta(days=10), total=Decimal(800), items=({"name": "tea"},))
    facts = Activity.objects.get(contact_id=hana.pk)
    assert (facts.order_count, facts.order_sum, facts.last_order_at) == (2, Decimal(5000), NOON - timedelta(days=10))
    bought = people_queries.find_purchases(workspace.pk, hana.pk)
    assert bought is not None
    assert (bought.interval_days, bought.last_order["number"], bought.last_order["items"]) == (20.0, "A-2", "tea")


def test_money_is_added_up_in_the_currency_of_the_last_order(workspace: Workspace, hana: Contact) -> None:
    buy(workspace, "A-1", at=NOON - timedelta(days=30))
    buy(workspace, "A-2", at=NOON - timedelta(days=10), total=Decimal("10.50"), currency="USD", refunded=Decimal(1))
    bought = people_queries.find_purchases(workspace.pk, hana.pk)
    assert bought is not None
    assert (bought.order_count, bought.total, bought.currency) == (2, Decimal("9.50"), "USD")
    assert (bought.last_order["total"], bought.first_order_at) == ("10.50", NOON - timedelta(days=30))
    # Of two at the same moment the one that was told later is the last; a gift counts, what was given back does not.
    buy(workspace, "A-3", at=NOON - timedelta(days=10), total=Decimal(0))
    buy(workspace, "A-4", at=NOON, total=Decimal(5), refunded=Decimal(5))
    bought = people_queries.find_purchases(workspace.pk, hana.pk)
    assert bought is not None
    assert (bought.order_count, bought.total, bought.last_order["number"]) == (3, Decimal(4200), "A-3")
    assert bought.last_order["at"] == (NOON - timedelta(days=10)).isoformat()


def test_money_given_back_in_full_was_never_an_order(workspace: Workspace, hana: Contact) -> None:
    buy(workspace)
    given: dict[str, Any] = {"workspace_id": workspace.pk, "order_id": "A-1", "at": NOON, "now": NOON}
    assert actions.record_refund(**given, external_id="R-1", amount=Decimal(4200))
    assert not actions.record_refund(**given, external_id="R-1", amount=Decimal(4200))
    with pytest.raises(RefundExistsError):
        actions.record_refund(**given, external_id="R-1", amount=Decimal(4100))
    with pytest.raises(RefundError, match="More would be given back"):
        actions.record_refund(**given, external_id="R-2", amount=Decimal(1))
    assert people_queries.find_purchases(workspace.pk, hana.pk) is None
    assert Activity.objects.get(contact_id=hana.pk).order_count == 0


def test_an_event_is_counted_once_and_never_from_the_future(workspace: Workspace, hana: Contact) -> None:
    given: dict[str, Any] = {"workspace_id": workspace.pk, "person": str(hana.pk), "name": "registered", "now": NOON}
    assert actions.record_event(**given, external_id="e1", at=NOON, properties={"shop": "銀座"})
    assert not actions.record_event(**given, external_id="e1", at=NOON)
    with pytest.raises(EventError, match="in the future"):
        actions.record_event(**given, external_id="e2", at=NOON + timedelta(days=1))
    assert [one.properties for one in Event.objects.all()] == [{"shop": "銀座"}]


def run_file(workspace: Workspace, kind: str, text: str) -> Deeds:
    with workspace_scope(workspace.pk):
        deeds = actions.create_deeds(
            workspace_id=workspace.pk, kind=kind, file=io.BytesIO(text.encode()), file_name="orders.csv", now=NOON
        )
        actions.start_deeds(workspace_id=workspace.pk, deeds_id=deeds.pk)
    return actions.run_deeds(workspace_id=workspace.pk, deeds_id=deeds.pk, now=lambda: NOON)


def test_a_file_of_orders_tells_what_became_of_every_row(workspace: Workspace, hana: Contact) -> None:
    done = run_file(
        workspace,
        "orders",
        "注文ID,電話番号,合計,注文日,商品\n"
        "1,090-1234-5678,\"¥1,200\",2026/3/1,茶;菓子\n"
        "1,090-1234-5678,1200,2026/3/1,茶\n"
        "2,080-9999-9999,500,2026/3/1,茶\n"
        "3,090-1234-5678,-5,2026/3/1,茶\n"
        "4,090-1234-5678,5,2027/3/1,茶\n"
        "5,090-1234-5678,5,2026/13/1,茶\n"
        "6,090-1234-5678,$5,2026/3/1,茶\n",
    )  # fmt: skip
    assert (done.state, done.row_count, done.recorded_count, done.repeated_count, done.refused_count) == (
        "done", 7, 1, 1, 5,
    )  # fmt: skip
    reasons = [row.reason for row in queries.list_refused(workspace.pk, done.pk)]
    assert reasons == [rules.NO_PERSON, rules.NEGATIVE, rules.FUTURE, rules.NO_DATE, rules.OTHER_CURRENCY]
    assert b"2026/13/1" in queries.render_refused_csv(workspace.pk, done.pk)[0]


def test_a_file_of_events_is_recorded_and_may_be_given_again(workspace: Workspace, hana: Contact) -> None:
    text = "phone,event,date\n090-1234-5678,registered,2026-03-01 10:00\n"
    assert [run_file(workspace, "events", text).recorded_count for _ in range(2)] == [1, 0]
    assert Event.objects.get().at == datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


def test_a_file_without_a_needed_column_says_which(workspace: Workspace) -> None:
    with pytest.raises(OrderError, match="lacks external_id, total"):
        run_file(workspace, "orders", "phone,date\n1,2\n")


ORDERS = "phone,order id,total,date,refund\n" + "".join(
    f"090-1234-5678,O-{index},{index},2026-03-01,\n" for index in range(1, 13)
)


def start_file(workspace: Workspace, text: str, kind: str = "orders") -> Deeds:
    with workspace_scope(workspace.pk):
        file = io.BytesIO(text.encode())
        deeds = actions.create_deeds(workspace_id=workspace.pk, kind=kind, file=file, file_name="orders.csv", now=NOON)
        return actions.start_deeds(workspace_id=workspace.pk, deeds_id=deeds.pk)


def test_a_killed_file_goes_on_where_it_was(
    workspace: Workspace, hana: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "STEP_ROWS", 5)
    deeds = start_file(workspace, ORDERS)
    real, left = steps.record_step, iter([True, True, False])

    def killed(**given: Any) -> bool:
        if not next(left):
            raise RuntimeError
        return real(**given)

    monkeypatch.setattr(steps, "record_step", killed)
    with pytest.raises(RuntimeError):
        actions.run_deeds(workspace_id=workspace.pk, deeds_id=deeds.pk, now=lambda: NOON)
    assert Order.objects.count() == 10
    monkeypatch.setattr(steps, "record_step", real)
    done = actions.run_deeds(workspace_id=workspace.pk, deeds_id=deeds.pk, now=lambda: NOON)
    assert (done.state, done.row_count, done.recorded_count, done.repeated_count) == ("done", 12, 12, 0)
    assert Activity.objects.get(contact_id=hana.pk).order_sum == sum(range(1, 13))


def test_a_stopped_file_keeps_what_it_has_recorded(
    workspace: Workspace, hana: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "STEP_ROWS", 5)
    deeds = start_file(workspace, ORDERS)

    def stop_after_one() -> datetime:
        if Order.objects.exists():
            actions.stop_deeds(workspace_id=workspace.pk, deeds_id=deeds.pk)
        return NOON

    done = actions.run_deeds(workspace_id=workspace.pk, deeds_id=deeds.pk, now=stop_after_one)
    assert (done.state, done.row_count, done.recorded_count) == ("stopped", 5, 5)


def test_a_second_run_of_the_same_file_at_once_records_nothing_twice(workspace: Workspace, hana: Contact) -> None:
    deeds = start_file(workspace, ORDERS)
    rows = [Row(line, ["090-1234-5678", f"O-{line}", "5", "2026-03-01", ""]) for line in range(2, 5)]
    columns = ["phone", "order id", "total", "date", "refund"]
    given: dict[str, Any] = {"place": workspace, "deeds_id": deeds.pk, "columns": columns, "batch": rows, "now": NOON}
    assert [steps.record_step(**given, done=0) for _ in range(2)] == [True, False]
    assert queries.get_deeds(workspace.pk, deeds.pk).row_count == 3


def test_a_run_that_lost_its_place_leaves_the_file_to_the_other_one(
    workspace: Workspace, hana: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "STEP_ROWS", 5)
    deeds = start_file(workspace, ORDERS)
    real, seen = steps.record_step, []

    def overtaken(**given: Any) -> bool:
        # Another process has recorded this very step a moment ago.
        seen.append(real(**given))
        return real(**given)

    monkeypatch.setattr(steps, "record_step", overtaken)
    lost = actions.run_deeds(workspace_id=workspace.pk, deeds_id=deeds.pk, now=lambda: NOON)
    monkeypatch.setattr(steps, "record_step", real)
    assert (seen, lost.state, lost.row_count) == ([True], "running", 5)
    done = actions.run_deeds(workspace_id=workspace.pk, deeds_id=deeds.pk, now=lambda: NOON)
    assert (done.state, done.row_count) == ("done", 12)


def test_a_file_is_gone_as_soon_as_its_rows_are_recorded(
    workspace: Workspace, hana: Contact, settings: Settings
) -> None:
    done = run_file(workspace, "orders", ORDERS)
    assert [path for path in Path(settings.HOME).rglob("*") if path.is_file()] == []
    assert queries.render_refused_csv(workspace.pk, done.pk)[0]


def test_a_file_that_nobody_starts_is_gone_after_thirty_days(
    workspace: Workspace, hana: Contact, settings: Settings
) -> None:
    with workspace_scope(workspace.pk):
        actions.create_deeds(
            workspace_id=workspace.pk, kind="orders", file=io.BytesIO(ORDERS.encode()), file_name="o.csv", now=NOON
        )
    stays, goes = (
        actions.forget_uploads(workspace_id=workspace.pk, now=NOON + timedelta(days=days)) for days in (29, 31)
    )
    assert (stays, goes) == (0, 1)
    assert [path for path in Path(settings.HOME).rglob("*") if path.is_file()] == []


def test_a_file_raises_what_was_given_back_and_refuses_a_contradiction(workspace: Workspace, hana: Contact) -> None:
    head = "phone,order id,total,date,refund\n"
    run_file(workspace, "orders", head + "hana@example.com,A,100,2026-03-01,\n")
    done = run_file(
        workspace,
        "orders",
        head + f"{hana.pk},A,100,2026-03-01,40\n090-1234-5678,A,101,2026-03-01,\n090-1234-5678,A,100,2026-03-01,10\n",
    )
    assert (done.repeated_count, done.refused_count) == (2, 1)
    assert [row.reason for row in queries.list_refused(workspace.pk, done.pk)] == [rules.DIFFERS]
    purchases = people_queries.find_purchases(workspace.pk, hana.pk)
    assert purchases is not None
    assert (Order.objects.get().refunded, purchases.total) == (Decimal(40), Decimal(60))


@pytest.mark.parametrize(
    "row",
    [
        "090-1234-5678,A,1e400,2026-03-01,",
        "090-1234-5678,A,5,2026-13-45 10:00,",
        "090-1234-5678,A,999999999999999,2026-03-01,",
        "090-1234-5678,,5,2026-03-01,",
        "090-1234-5678,A,5,2026-03-01,9",
        "nobody@example.com,A,5,2026-03-01,",
        "090-1234-5678",
        "99999999,A,5,2026-03-01,",
        f"090-1234-5678,{'x' * 200},5,2026-03-01,",
    ],
)
def test_a_row_that_cannot_be_is_refused_and_the_next_one_recorded(
    workspace: Workspace, hana: Contact, row: str
) -> None:
    done = run_file(workspace, "orders", f"phone,order id,total,date,refund\n{row}\n+819012345678,B,5,2026-03-01,\n")
    assert (done.state, done.error, done.recorded_count, done.refused_count) == ("done", "", 1, 1)


@pytest.mark.parametrize("row", ["090-1234-5678,,2026-03-01", "090-1234-5678,x,2027-03-01", ",x,2026-03-01"])
def test_an_event_that_cannot_be_is_refused_and_the_next_one_recorded(
    workspace: Workspace, hana: Contact, row: str
) -> None:
    done = run_file(workspace, "events", f"phone,event,date\n{row}\n+819012345678,x,2026-03-01\n")
    assert (done.recorded_count, done.refused_count) == (1, 1)


def test_people_are_found_in_a_file_as_one_by_one(workspace: Workspace, hana: Contact) -> None:
    make_contact(workspace, phone="+5511912345678", email="two@example.com")
    make_contact(workspace, email="two@example.com")
    Alias.objects.create(former_id=hana.pk + 500, workspace_id=workspace.pk, contact_id=hana.pk, merged_at=NOON)
    texts = ["090-1234-5678", "+81 90 1234 5678", "HANA@example.com", "two@example.com", "+551112345678", str(hana.pk)]
    texts += [str(hana.pk + 500), "77777", "", "x", "+55 11 91234-5678", "０９０１２３４５６７８"]
    one_by_one = {text: people_queries.find_person(workspace.pk, text) for text in texts}
    expected = {text: found for text, found in one_by_one.items() if found}
    assert people_queries.find_people(workspace.pk, texts) == expected


def test_the_statements_of_a_step_find_orders_by_key(workspace: Workspace) -> None:
    many = [
        Order(workspace=workspace, contact_id=1, external_id=f"X-{index}", total=1, currency="JPY", at=NOON, created_at=NOON)
        for index in range(500)
    ]  # fmt: skip
    Order.objects.bulk_create(many)
    statements.execute("SET LOCAL ROLE NONE", {})
    statements.execute("ANALYZE conversions_order", {})
    given = {"workspace_id": workspace.pk, "external_ids": ["A"], "refunds": [Decimal(1)]}
    for statement in (conversions_sql.SQL_HOLD_ORDERS, conversions_sql.SQL_RAISE_REFUNDS):
        plan = "\n".join(str(line) for (line,) in statements.fetch(f"EXPLAIN {statement}", given))
        assert "conversions_order_once" in plan, plan
    lines = statements.fetch(f"EXPLAIN {conversions_sql.SQL_ADD_UP}", given | {"contact_ids": [7]})
    assert "conversions_order_by_contact" in str(lines), lines
    # These insert: they run in the tests above.
    assert conversions_sql.SQL_ADD_ORDERS
    assert event_actions.SQL_ADD_EVENTS
    assert event_actions.SQL_SET_PURCHASES


def test_refused_rows_come_with_their_headings_and_no_formula(workspace: Workspace, hana: Contact) -> None:
    done = run_file(workspace, "orders", "=cmd(),order id,phone,total,date\n ＝1+1,1,070-0000-0000,5,2026-03-01\n")
    head, row = queries.render_refused_csv(workspace.pk, done.pk)[0].decode("utf-8-sig").splitlines()
    assert head == "line,reason,'=cmd(),order id,phone,total,date"
    assert "' ＝1+1" in row or "'＝1+1" in row
