"""The ceiling: the gateway itself, with everything but keeping."""

from switchboard.webhooks import group_commit, receiver, store


class _Forgetful(group_commit.GroupCommit):
    """Answers at once; nothing is kept."""

    async def append(self, event: store.NewEvent) -> None:
        """Let go of an event."""


# What this server is for.
vars(receiver)["GroupCommit"] = _Forgetful
application = receiver.Receiver()
