"""Message ids carry their time and fall into their month."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from switchboard.core import ids

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  given a zone


@given(MOMENTS)
def test_an_id_tells_when_its_message_was_made(moment):
    assert abs(ids.made_at(ids.new_message_id(moment)) - moment) <= timedelta(milliseconds=1)


@given(MOMENTS)
def test_an_id_lies_in_the_partition_of_its_month(moment):
    following = (moment.replace(day=1) + timedelta(days=32)).replace(day=1)
    assert ids.month_floor(moment) <= ids.new_message_id(moment) < ids.month_floor(following)


def test_the_same_incoming_message_always_gets_the_same_id():
    sent_at = datetime(2026, 3, 3, tzinfo=UTC)
    assert ids.inbound_message_id(sent_at, "wamid.A") == ids.inbound_message_id(sent_at, "wamid.A")
    assert ids.inbound_message_id(sent_at, "wamid.A") != ids.inbound_message_id(sent_at, "wamid.B")


def test_ids_say_their_uuid_version():
    moment = datetime(2026, 3, 3, tzinfo=UTC)
    assert ids.new_message_id(moment).version == 7
    assert ids.inbound_message_id(moment, "wamid.A").version == 8
