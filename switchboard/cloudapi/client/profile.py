"""What people see of a number, its settings, and whom it has blocked."""

from collections.abc import Sequence
from typing import Any

import msgspec

from switchboard.cloudapi import contents, limits
from switchboard.cloudapi.client.caller import Caller, Done, parse_answer, parse_done
from switchboard.cloudapi.errors import Failure
from switchboard.cloudapi.results import Answer, Result
from switchboard.cloudapi.values import as_list, as_object, as_text, list_objects

LONGEST = {"about": 139, "address": 256, "description": 512, "email": 128}
MOST_WEBSITES = 2
LONGEST_WEBSITE = 256
VERTICALS = (
    "", "ALCOHOL", "APPAREL", "AUTO", "BEAUTY", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GOVT", "GROCERY",
    "HEALTH", "HOTEL", "NONPROFIT", "ONLINE_GAMBLING", "OTC_DRUGS", "OTHER", "PHYSICAL_GAMBLING", "PROF_SERVICES",
    "RESTAURANT", "RETAIL", "TRAVEL",
)  # fmt: skip
MOST_BLOCKED_AT_ONCE = 1000


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A number's business profile."""

    about: str = ""
    address: str = ""
    description: str = ""
    email: str = ""
    websites: list[str] = []
    vertical: str = ""
    profile_picture_url: str = ""


PROFILE_FIELDS = ",".join(Profile.__struct_fields__)


class _Profiles(msgspec.Struct, frozen=True):
    data: list[Profile]


class NotBlocked(msgspec.Struct, frozen=True):
    """Somebody who could not be blocked or let in again, and why."""

    person: str
    problems: tuple[contents.Problem, ...]


class Blocking(msgspec.Struct, frozen=True):
    """Who was blocked or let in again, and who was not."""

    done: tuple[str, ...]
    failed: tuple[NotBlocked, ...] = ()


class _BlockedRow(msgspec.Struct, frozen=True):
    wa_id: str = ""
    user_id: str = ""


def build_profile_changes(changes: dict[str, Any]) -> dict[str, Any]:
    """Return the body that changes a profile; what is not given stays as it is.

    :raises limits.PayloadError: a limit of Meta's is broken.
    """
    for name, longest in LONGEST.items():
        if name in changes:
            limits.check_text(name, changes[name], longest, is_required=name == "about")
    websites = changes.get("websites", [])
    limits.check_count("websites", websites, MOST_WEBSITES, least=0)
    for index, website in enumerate(websites):
        limits.check_address(f"websites.{index}", website, LONGEST_WEBSITE)
    limits.check_choice("vertical", changes.get("vertical", ""), VERTICALS)
    return {"messaging_product": "whatsapp", **changes}


class ProfileCalls(Caller):
    """/{number}/whatsapp_business_profile, /settings and /block_users."""

    async def get_profile(self, number_id: str) -> Profile | Failure:
        """Return a number's profile."""
        result = await self._get(f"{number_id}/whatsapp_business_profile", {"fields": PROFILE_FIELDS})
        profiles = parse_answer(result, _Profiles)
        if not isinstance(profiles, _Profiles):
            return profiles
        return profiles.data[0] if profiles.data else Profile()

    async def set_profile(self, number_id: str, **changes: Any) -> Done | Failure:
        """Change parts of a profile: about, address, description, email, websites, vertical, profile_picture_handle.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """
        body = build_profile_changes(changes)
        return parse_done(await self._post(f"{number_id}/whatsapp_business_profile", body))

    async def get_settings(self, number_id: str) -> dict[str, Any] | Failure:
        """Return a number's settings as Meta groups them."""
        return parse_answer(await self._get(f"{number_id}/settings"), dict[str, Any])

    async def set_settings(self, number_id: str, settings: dict[str, Any]) -> Done | Failure:
        """Change some groups of a number's settings."""
        return parse_done(await self._post(f"{number_id}/settings", settings))

    async def block_users(self, number_id: str, people: Sequence[str]) -> Blocking | Failure:
        """Block people by phone or user id; only those who wrote in the last 24 hours can be.

        :raises limits.PayloadError: nobody is named, or too many.
        """
        return _parse_blocking(await self._post(f"{number_id}/block_users", _name_people(people)), "added_users")

    async def unblock_users(self, number_id: str, people: Sequence[str]) -> Blocking | Failure:
        """Let people in again.

        :raises limits.PayloadError: nobody is named, or too many.
        """
        result = await self._delete(f"{number_id}/block_users", body=_name_people(people))
        return _parse_blocking(result, "removed_users")

    async def list_blocked(self, number_id: str) -> list[str] | Failure:
        """Return the phones (digits) or user ids of everybody who is blocked."""
        rows = await self._list(f"{number_id}/block_users", "", _BlockedRow)
        return [row.wa_id or row.user_id for row in rows] if isinstance(rows, list) else rows


def _name_people(people: Sequence[str]) -> dict[str, Any]:
    limits.check_count("block_users", people, MOST_BLOCKED_AT_ONCE)
    named = [{"user_id": who} if "." in who else {"user": who} for who in people]
    return {"messaging_product": "whatsapp", "block_users": named}


def _parse_blocking(result: Result, key: str) -> Blocking | Failure:
    """Read a partial success too: it comes as an error with both lists in it."""
    if not isinstance(result, Answer):
        return result
    try:
        lists = as_object(as_object(msgspec.json.decode(result.body)).get("block_users"))
    except msgspec.DecodeError:
        lists = {}
    if not lists:
        answer = parse_answer(result, dict[str, Any])
        return Blocking(()) if isinstance(answer, dict) else answer
    done = tuple(as_text(one.get("input")) for one in list_objects(lists.get(key)))
    failed = tuple(
        NotBlocked(as_text(one.get("input")), contents.parse_problems(as_list(one.get("errors"))))
        for one in list_objects(lists.get("failed_users"))
    )
    return Blocking(done, failed)
