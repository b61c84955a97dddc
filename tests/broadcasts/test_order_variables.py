"""Variables of a broadcast that the last order and the link to leave fill."""

from datetime import timedelta
from decimal import Decimal

from switchboard.broadcasts import expansion, rules
from switchboard.broadcasts.rules import Person
from switchboard.consent import links
from switchboard.conversions import actions as conversions_actions
from switchboard.conversions.rules import NewOrder
from switchboard.core.tenancy import workspace_scope
from switchboard.templates.types import Shape, Variable
from tests.conftest import NOON
from tests.factories import make_contact, make_workspace


def test_the_last_order_and_the_link_fill_variables(db: None) -> None:
    workspace = make_workspace()
    hana, sam = (make_contact(workspace) for _ in range(2))
    with workspace_scope(workspace.pk):
        order = NewOrder("A-7", Decimal(4200), "JPY", NOON - timedelta(days=2), items=({"name": "tea"},))
        conversions_actions.record_order(workspace_id=workspace.pk, person=str(hana.pk), order=order, now=NOON)
        variables = {"body:1": {"source": "order:total"}, "body:2": {"source": rules.LEAVE_LINK}}
        extra = expansion.read_extra(workspace.pk, [hana.pk, sam.pk], variables)
    assert (extra[hana.pk]["order:number"], extra[hana.pk]["order:total"], extra[hana.pk]["order:items"]) == (
        "A-7", "4,200", "tea",
    )  # fmt: skip
    assert "order:number" not in extra[sam.pk]
    token = extra[sam.pk][rules.LEAVE_LINK].rstrip("/").rpartition("/")[2]
    assert links.read_token(token) == links.Holder(workspace.pk, sam.pk)


def test_a_field_is_written_as_its_kind_and_an_order_has_a_fallback() -> None:
    person = Person(1, "Hana", "+819012345678", "", "ja", "JP", "", {"vip": False, "spent": 12.5})
    fillings = {
        "body:1": {"source": "field:vip"},
        "body:2": {"source": "field:spent"},
        "body:3": {"source": "order:number", "fallback": "your order"},
    }
    variables = tuple(Variable(key, "body", str(place)) for place, key in enumerate(fillings, 1))
    shape = Shape("", "", "", "", (), variables, is_named=False)
    assert list(rules.fill_values(shape, fillings, person, "ja").values()) == ["no", "12.5", "your order"]
