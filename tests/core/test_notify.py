"""What is published in a transaction reaches a listener when it commits."""

import psycopg

from switchboard.core import live


async def test_a_listener_hears_what_changed(database):
    async with (
        await psycopg.AsyncConnection.connect(database.conninfo("stream"), autocommit=True) as listener,
        await psycopg.AsyncConnection.connect(database.conninfo("stream"), autocommit=True) as speaker,
    ):
        await listener.execute(live.SQL_LISTEN)
        await live.publish(speaker, 7, ["overview"])  # by SQL_NOTIFY
        async for notice in listener.notifies(timeout=5, stop_after=1):
            assert live.parse_payload(notice.payload) == (7, ["overview"])
