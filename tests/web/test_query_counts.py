"""No page asks the database more often because there is more to show."""

import pytest
from django.test import Client

from tests import factories
from tests.web.conftest import Shop

# Session, person, member and scopes (5), savepoints (2), and the frame: workspaces, stop, heartbeats, lag, numbers,
# incidents, dead letters (7); one to spare.
FRAME = 15
PAGES = [
    ("/", FRAME + 9),
    ("/broadcasts/", FRAME + 2),
    ("/broadcasts/?q=autumn&group=draft", FRAME + 2),
    ("/contacts/", FRAME + 5),
    ("/contacts/?q=090", FRAME + 6),
    ("/contacts/{contact}/", FRAME + 17),
    ("/contacts/imports/", FRAME + 1),
    ("/numbers/", FRAME + 4),
    ("/templates/", FRAME + 2),
    ("/search/?q=a", FRAME + 5),
    ("/broadcasts/{broadcast}/", FRAME + 12),
    ("/broadcasts/{broadcast}/recipients/", FRAME + 6),
    # Counts over the whole workspace change the role and back.
    ("/broadcasts/{draft}/edit/audience/", FRAME + 14),
    ("/broadcasts/{draft}/edit/message/", FRAME + 7),
    ("/broadcasts/{draft}/edit/numbers/", FRAME + 4),
    ("/broadcasts/{draft}/edit/schedule/", FRAME + 2),
    # It plays the hours through: paces, waiting messages, budgets, prices. Opened once a broadcast.
    ("/broadcasts/{draft}/edit/review/", FRAME + 29),
    ("/contacts/segments/", FRAME + 12),
    ("/contacts/tags/", FRAME + 16),
    ("/contacts/tags/classification/", FRAME + 10),
    ("/contacts/tags/hygiene/", FRAME + 2),
    # The draft's fingerprint, a page of it; versions, hits, and what the month's answers cost.
    ("/replies/", FRAME + 17),
    # What may be chosen: numbers, tags, segments, colleagues, coupon pools, fields; and what the month has cost.
    ("/replies/new/", FRAME + 16),
    ("/replies/replay/", FRAME + 8),
    ("/replies/settings/", FRAME + 4),
    ("/replies/coupons/", FRAME + 1),
    ("/replies/unanswered/", FRAME + 9),
    ("/replies/measures/", FRAME + 5),
    ("/keys/", FRAME + 2),
]


@pytest.mark.parametrize(("page", "most"), PAGES)
def test_a_page_asks_so_often_and_no_more(
    shop: Shop, olive: Client, django_assert_max_num_queries, page: str, most: int
) -> None:
    numbers = [factories.make_number(shop.workspace, account=shop.account) for _ in range(12)]
    for place in range(12):
        factories.make_contact(shop.workspace, name=f"Person {place}", tags=[f"tag {place}"])
        factories.make_template(shop.workspace, shop.account, name=f"template_{place}")
    drafts = [factories.make_broadcast(shop.workspace, numbers) for _ in range(12)]
    started = drafts[0]
    olive.post(f"/broadcasts/{started.pk}/edit/review/")
    address = page.format(contact=shop.contacts[0].pk, broadcast=started.pk, draft=drafts[1].pk)
    with django_assert_max_num_queries(most):
        assert olive.get(address).status_code == 200
