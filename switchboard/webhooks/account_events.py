"""What Meta says about templates, accounts and numbers is acted on; the journal keeps all of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from switchboard.cloudapi import events, notices
from switchboard.numbers import rules
from switchboard.webhooks import account_store as store

Connection = AsyncConnection[Any]

# Meta's word → our state of a template. FLAGGED is a warning: it may still be sent.
_TEMPLATE_STATES = {
    "APPROVED": "approved",
    "REINSTATED": "approved",
    "UNARCHIVED": "approved",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "DISABLED": "disabled",
    "ARCHIVED": "other",
    "LOCKED": "other",
    "LIMIT_EXCEEDED": "other",
    "PENDING_DELETION": "other",
    "DELETED": "other",
}
_CATEGORIES = frozenset({"marketing", "utility", "authentication"})
_QUALITIES = frozenset({"green", "yellow", "red", "unknown"})
_TIERS = {"50": 50, "250": 250, "1K": 1_000, "2K": 2_000, "10K": 10_000, "100K": 100_000}
_FULL_THROUGHPUT = 1000
_ENDS = "Numbers of this account have been stopped."
_GONE = {
    "ACCOUNT_DELETED": "The account was deleted at Meta.",
    "ACCOUNT_OFFBOARDED": "The account left the Cloud API.",
    "PARTNER_REMOVED": "The account's owner took our app's access away. Connect the account again.",
    "APP_UNINSTALLED": "The account's owner removed our app. Connect the account again.",
}
_BACK = frozenset({"ACCOUNT_RECONNECTED", "PARTNER_ADDED", "PARTNER_APP_INSTALLED", "APP_INSTALLED"})
# What stops sending; others forbid calls or new numbers only. Each leaves the other kind of message alone.
_STOPPING = {
    "RESTRICTED_BIZ_INITIATED_MESSAGING": rules.RESTRICTED_STARTING,
    "RESTRICTED_CUSTOMER_INITIATED_MESSAGING": rules.RESTRICTED_ANSWERING,
}
_WHAT_STOPS = {
    rules.RESTRICTED: _ENDS,
    rules.RESTRICTED_STARTING: "Numbers of this account only answer.",
    rules.RESTRICTED_ANSWERING: "Numbers of this account do not answer.",
}
_UTILITY = "RESTRICTED_UTILITY_TEMPLATES"


@dataclass
class Effect:
    """What an event did: its name in the counts, and the topics of open pages."""

    name: str = "account_events_kept"
    workspace_id: int = 0
    topics: set[str] = field(default_factory=set)

    def note(self, name: str, number_ids: list[int]) -> None:
        """Say what was done, and to which numbers."""
        self.name = name
        self.topics |= {"overview", *(f"number:{number_id}" for number_id in number_ids)}


async def apply(connection: Connection, app_id: int, event: events.AccountEvent, now: datetime) -> Effect:
    """Act on one event in the caller's transaction."""
    notice = event.notice
    ids = {event.change.entry_id, notice.account_id if isinstance(notice, notices.AccountUpdate) else ""} - {""}
    account = await store.find_account(connection, app_id, ids)
    if account is None:
        return Effect()
    effect = Effect(workspace_id=account.workspace_id)
    subject, at = _subject(event, notice), events.as_moment(event.change.entry_time)
    if subject and at and not await store.advance(connection, account.workspace_id, subject, at):
        effect.name = "account_events_outdated"
        return effect
    match notice:
        case notices.TemplateStatus() | notices.TemplateQuality() | notices.TemplateCategory():
            if await _change_template(connection, account, notice):
                effect.note("templates_changed", [])
        case notices.AccountUpdate():
            await _change_account(connection, account, notice, effect, now)
        case notices.Review():
            await _review(connection, account, notice, effect, now)
        case notices.Capability() | notices.NumberQuality() | notices.NameDecision():
            await _change_numbers(connection, account, notice, effect)
        case _:
            pass
    return effect


def _subject(event: events.AccountEvent, notice: notices.Notice) -> str:
    """Return what an event is about; a later word about the same replaces an earlier one."""
    place = f"{event.change.field}:{event.change.entry_id}"
    match notice:
        case notices.TemplateStatus() | notices.TemplateQuality() | notices.TemplateCategory():
            return f"{place}:{notice.template.name}:{notice.template.language}"
        case notices.AccountUpdate():
            return f"{place}:{_family(notice.event)}"
        case notices.NumberQuality() | notices.NameDecision():
            return f"{place}:{notice.display_phone_number}"
        case notices.Review() | notices.Capability():
            return place
        case _:
            return ""


def _family(event: str) -> str:
    """Return what events of an account replace each other: coming and going, for one."""
    return "connection" if event in _GONE or event in _BACK else event


async def _change_template(
    connection: Connection,
    account: store.AccountRow,
    notice: notices.TemplateStatus | notices.TemplateQuality | notices.TemplateCategory,
) -> bool:
    template = notice.template
    place = (account.workspace_id, account.id, template.id, template.name, template.language)
    match notice:
        case notices.TemplateStatus():
            parts = (notice.reason, notice.title, notice.description)
            reason = ": ".join(dict.fromkeys(part for part in parts if part))[:255]
            state = _TEMPLATE_STATES.get(notice.event)
            change = store.TemplateChange(*place, state=state, reason="" if state == "approved" else reason)
        case notices.TemplateQuality():
            quality = notice.new.lower()
            change = store.TemplateChange(*place, quality=quality if quality in _QUALITIES else None)
        case notices.TemplateCategory():
            category = notice.new.lower()
            is_done = notice.is_done and category in _CATEGORIES
            change = store.TemplateChange(*place, category=category if is_done else None)
    if change.state is None and change.category is None and change.quality is None:
        return False
    return await store.change_template(connection, change)


async def _change_account(
    connection: Connection, account: store.AccountRow, notice: notices.AccountUpdate, effect: Effect, now: datetime
) -> None:
    event = notice.event
    if event == "ACCOUNT_RESTRICTION":
        await _restrict(connection, account, notice, effect, now)
    elif event == "DISABLED_UPDATE":
        await _ban(connection, account, notice, effect, now)
    elif event == "ACCOUNT_VIOLATION":
        await _warn(connection, account, notice.violation or "no kind given", effect)
    elif event in _GONE:
        reason = f"{_GONE[event]} {_ENDS}"
        stop = store.stop_numbers(connection, account, code=event, detail=reason, state="disconnected", now=now)
        effect.note("numbers_stopped", await stop)
    elif event in _BACK:
        effect.note("numbers_resumed", await store.resume_numbers(connection, account, _GONE))


async def _warn(connection: Connection, account: store.AccountRow, violation: str, effect: Effect) -> None:
    """Show a violation, and let no more marketing leave before somebody has looked."""
    text = (
        f"Meta reports a violation of its rules ({violation}). Marketing waits. Look at Account Quality in Meta's "
        "Business Suite, then synchronise the templates to go on."
    )
    await store.warn(connection, account, text)
    await store.pause_category(connection, account, "marketing", text)
    effect.note("accounts_warned", [])
    effect.topics.add("templates")


async def _restrict(
    connection: Connection, account: store.AccountRow, notice: notices.AccountUpdate, effect: Effect, now: datetime
) -> None:
    """Stop what Meta restricts; a notice without restrictions lifts them."""
    running = [one for one in notice.restrictions if one.ends_at is None or one.ends_at > now]
    stopping = [one for one in running if one.type in _STOPPING]
    utility = [one for one in running if one.type == _UTILITY]
    if stopping:
        until = _last_end(stopping)
        after = "They go on by themselves." if until else "Resume them when the restriction has ended."
        codes = {_STOPPING[one.type] for one in stopping}
        code = codes.pop() if len(codes) == 1 else rules.RESTRICTED
        reason = f"Meta restricted the account: {_list(stopping)}. {_WHAT_STOPS[code]} {after}"
        stop = store.stop_numbers(
            connection, account, code=code, detail=reason, state="restricted", now=now, until=until
        )
        effect.note("numbers_stopped", await stop)
    elif not running:
        effect.note("numbers_resumed", await store.lift_restrictions(connection, account, now))
    if utility:
        reason = f"Meta restricted utility templates: {_list(utility)}."
        await store.pause_category(connection, account, "utility", reason, until=_last_end(utility))
        effect.note("numbers_stopped" if stopping else "templates_changed", [])
        effect.topics.add("templates")


def _last_end(restrictions: list[notices.Restriction]) -> datetime | None:
    """Return when the last of them has ended; one without an end has to be lifted."""
    ends = [one.ends_at for one in restrictions]
    return None if None in ends else max(end for end in ends if end)


def _list(restrictions: list[notices.Restriction]) -> str:
    return ", ".join(
        f"{one.type} until {one.ends_at:%Y-%m-%d %H:%M} UTC" if one.ends_at else one.type for one in restrictions
    )


async def _ban(
    connection: Connection, account: store.AccountRow, notice: notices.AccountUpdate, effect: Effect, now: datetime
) -> None:
    code, day = notice.event, f" on {notice.ban_on:%Y-%m-%d}" if notice.ban_on else ""
    if notice.ban_state == "DISABLE":
        reason = f"Meta disabled the account{day}. {_ENDS} Ask for a review in Meta's Business Suite."
        stop = store.stop_numbers(connection, account, code=code, detail=reason, state="banned", now=now)
        effect.note("numbers_stopped", await stop)
    elif notice.ban_state == "REINSTATE":
        effect.note("numbers_resumed", await store.resume_numbers(connection, account, [code]))
    elif notice.ban_state == "SCHEDULE_FOR_DISABLE":
        await store.warn(connection, account, f"Meta will disable the account{day}. Ask for a review before that.")
        effect.note("accounts_warned", [])


async def _review(
    connection: Connection, account: store.AccountRow, notice: notices.Review, effect: Effect, now: datetime
) -> None:
    code = "ACCOUNT_REVIEW"
    if notice.decision == "REJECTED":
        reason = f"Meta's review rejected the account. {_ENDS}"
        stop = store.stop_numbers(connection, account, code=code, detail=reason, state=None, now=now)
        effect.note("numbers_stopped", await stop)
    elif notice.decision == "APPROVED":
        effect.note("numbers_resumed", await store.resume_numbers(connection, account, [code]))


async def _change_numbers(
    connection: Connection,
    account: store.AccountRow,
    notice: notices.Capability | notices.NumberQuality | notices.NameDecision,
    effect: Effect,
) -> None:
    if isinstance(notice, notices.NameDecision):
        if notice.decision == "APPROVED" and notice.name:
            digits = _digits(notice.display_phone_number)
            changed = await store.change_number(connection, account, digits=digits, verified_name=notice.name)
            effect.note("numbers_changed", changed)
        return
    limit = _limit_of(notice.messaging_limit)
    if limit is not None:
        await store.set_limit(connection, account, limit or None)
        effect.note("limits_changed", [])
    if isinstance(notice, notices.NumberQuality) and notice.event == "THROUGHPUT_UPGRADE":
        digits = _digits(notice.display_phone_number)
        changed = await store.change_number(connection, account, digits=digits, throughput=_FULL_THROUGHPUT)
        effect.note("numbers_changed", changed)


def _digits(shown: str) -> str:
    return "".join(character for character in shown if character.isdecimal())


def _limit_of(tier: str) -> int | None:
    """Return the people of a tier; 0 is no limit, None that nothing was said."""
    word = tier.upper().removeprefix("TIER_")
    if word == "UNLIMITED":
        return 0
    if word.isascii() and word.isdigit() and len(word) < 10:
        return int(word) or None
    return _TIERS.get(word)
