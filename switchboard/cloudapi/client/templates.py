"""Templates of an account."""

from collections.abc import Sequence
from typing import Any

import msgspec

from switchboard.cloudapi import drafts, limits
from switchboard.cloudapi.client.caller import Caller, Done, parse_answer, parse_done
from switchboard.cloudapi.errors import Failure

TEMPLATE_FIELDS = "id,name,language,status,category,components,parameter_format,quality_score,rejected_reason"
MOST_DELETED_AT_ONCE = 100


class TemplateInfo(msgspec.Struct, frozen=True):
    """A template in one language as Meta lists it; the enumerations in Meta's upper case."""

    id: str
    name: str
    language: str
    status: str
    category: str
    components: list[dict[str, Any]] = []
    parameter_format: str = "POSITIONAL"
    quality_score: Any = None
    rejected_reason: str | None = None

    @property
    def quality(self) -> str:
        """The template's quality rating, or an empty text."""
        score = self.quality_score
        return str(score.get("score", "")) if isinstance(score, dict) else ""


class Created(msgspec.Struct, frozen=True):
    """A new template; its category may be another one than was asked for."""

    id: str
    status: str
    category: str = ""


class Unpaused(msgspec.Struct, frozen=True):
    """Whether a paused template may be sent again, and if not why."""

    success: bool
    reason: str | None = None


class TemplateCalls(Caller):
    """/{account}/message_templates and /{template}."""

    async def list_templates(self, account_id: str) -> list[TemplateInfo] | Failure:
        """Return every template of an account in every language."""
        return await self._list(f"{account_id}/message_templates", TEMPLATE_FIELDS, TemplateInfo)

    async def get_template(self, template_id: str) -> TemplateInfo | Failure:
        """Return one template."""
        return parse_answer(await self._get(template_id, {"fields": TEMPLATE_FIELDS}), TemplateInfo)

    async def create_template(self, account_id: str, draft: drafts.Draft) -> Created | Failure:
        """Submit a template for review.

        :raises limits.PayloadError: the draft breaks a limit of Meta's.
        """
        return parse_answer(await self._post(f"{account_id}/message_templates", draft.build()), Created)

    async def edit_template(
        self,
        template_id: str,
        *,
        components: Sequence[dict[str, Any]] = (),
        category: str = "",
        ttl_seconds: int | None = None,
    ) -> Done | Failure:
        """Submit changes of an approved, rejected or paused template.

        :raises limits.PayloadError: the components break a limit of Meta's.
        """
        body = drafts.build_changes(components=components, category=category, ttl_seconds=ttl_seconds)
        return parse_done(await self._post(template_id, body))

    async def delete_template(self, account_id: str, name: str, *, template_id: str = "") -> Done | Failure:
        """Delete a template in all languages, or only the one with this id."""
        query = {"name": name, **({"hsm_id": template_id} if template_id else {})}
        return parse_done(await self._delete(f"{account_id}/message_templates", query))

    async def delete_templates(self, account_id: str, template_ids: Sequence[str]) -> Done | Failure:
        """Delete up to a hundred templates at once.

        :raises limits.PayloadError: there are more, or none.
        """
        limits.check_count("hsm_ids", template_ids, MOST_DELETED_AT_ONCE)
        query = {"hsm_ids": msgspec.json.encode(list(template_ids)).decode()}
        return parse_done(await self._delete(f"{account_id}/message_templates", query))

    async def unpause_template(self, template_id: str) -> Unpaused | Failure:
        """Let a template that was paused by pacing be sent again."""
        return parse_answer(await self._post(f"{template_id}/unpause"), Unpaused)
