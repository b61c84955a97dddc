"""A shop with two numbers and the autumn offer, and a way to take a broadcast through its jobs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from switchboard.broadcasts import actions, queries
from switchboard.broadcasts.models import Broadcast, Recipient
from switchboard.core.tenancy import set_scope
from switchboard.delivery import queries as delivery_queries
from switchboard.delivery.models import Delivery, Message, Outbox
from switchboard.delivery.types import Origin, Progress
from switchboard.numbers.models import Number
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.factories import make_account, make_broadcast, make_number, make_template, make_workspace


@dataclass
class Shop:
    """Olive's shop."""

    workspace: Workspace
    numbers: list[Number]

    @property
    def id(self) -> int:
        return self.workspace.pk

    def draft(self, **values: object) -> Broadcast:
        return make_broadcast(self.workspace, self.numbers, **values)  # type: ignore[arg-type]

    def start(self, broadcast: Broadcast, now: datetime = NOON) -> Broadcast:
        """Start it and let the jobs prepare it."""
        actions.start_broadcast(workspace_id=self.id, broadcast_id=broadcast.pk, now=now)
        actions.prepare_broadcast(workspace_id=self.id, broadcast_id=broadcast.pk, now=now)
        return Broadcast.objects.get(pk=broadcast.pk)

    def expand(self, broadcast: Broadcast, *, size: int = 2000, now: datetime = NOON) -> int:
        return actions.expand_next_batch(workspace_id=self.id, broadcast_id=broadcast.pk, now=now, size=size)

    def run(self, **values: object) -> Broadcast:
        """Start a broadcast to everybody and make all of its messages."""
        broadcast = self.start(self.draft(**values))
        while self.expand(broadcast):
            pass
        return broadcast

    def progress(self, broadcast: Broadcast) -> Progress:
        return delivery_queries.get_progress(self.id, Origin.BROADCAST, broadcast.pk)

    def messages(self, broadcast: Broadcast) -> list[Message]:
        return list(Message.objects.filter(origin_id=broadcast.pk).order_by("contact_id"))

    def waiting(self, broadcast: Broadcast) -> list[Outbox]:
        return list(Outbox.objects.filter(message_id__in=[message.pk for message in self.messages(broadcast)]))

    def skips(self, broadcast: Broadcast) -> dict[int, tuple[str | None, object]]:
        """Return reason and detail of each skipped person."""
        by_message = {message.pk: message.contact_id for message in self.messages(broadcast)}
        rows = Delivery.objects.filter(message_id__in=list(by_message), state=-1)
        return {by_message[row.message_id]: (row.reason, row.detail) for row in rows}

    def whole(self, broadcast: Broadcast) -> bool:
        """Tell whether planned = waiting + sent + failed + skipped, from the rows and from the tallies."""
        rows = delivery_queries.recount(self.id, Origin.BROADCAST, broadcast.pk)
        waiting = queries.count_unexpanded(self.id, broadcast.pk) + rows.waiting + rows.in_flight + rows.unknown
        planned = Recipient.objects.filter(broadcast_id=broadcast.pk).count()
        page = self.progress(broadcast)
        counted = (planned, waiting, rows.sent, rows.failed, rows.skipped)
        total = waiting + rows.sent + sum(rows.failed.values()) + sum(rows.skipped.values())
        return planned == total and counted == (page.planned, page.waiting, page.sent, page.failed, page.skipped)


@pytest.fixture
def shop(db: None) -> Shop:
    workspace = make_workspace()
    account = make_account(workspace)
    numbers = [make_number(workspace, account=account) for _ in range(2)]
    make_template(workspace, account, language="ja")
    make_template(workspace, account, language="en", body="Hello {{1}}.")
    set_scope(workspace_id=workspace.pk)
    return Shop(workspace, numbers)


LATER = NOON + timedelta(hours=2)
