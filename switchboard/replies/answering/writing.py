"""An answer in the person's words: conditions, variables, coupons, files and templates, to bodies ready to be sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from switchboard.cloudapi import limits, payloads
from switchboard.core.errors import SwitchboardError
from switchboard.replies.answering import bodies, scopes, store, variables
from switchboard.replies.answering.facts import Person
from switchboard.replies.answering.languages import pick
from switchboard.replies.answering.plans import Part, Plan
from switchboard.replies.types import MESSAGES, Settings, Step, StepKind
from switchboard.templates import rules as template_rules

_FILES = frozenset({StepKind.IMAGE, StepKind.VIDEO, StepKind.DOCUMENT})


class FileMissingError(Exception):
    """A file is not at Meta for this number yet."""

    def __init__(self, asset_id: int) -> None:
        self.asset_id = asset_id
        super().__init__(asset_id)


@dataclass
class Written:
    """The parts of an answer, and what was left out: reason and detail."""

    parts: list[Part] = field(default_factory=list)
    left_out: list[dict[str, Any]] = field(default_factory=list)
    coupons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Desk:
    """What an answer is written with."""

    connection: store.Connection
    workspace_id: int
    number_id: int
    row: store.PersonRow
    person: Person
    settings: Settings
    now: datetime

    async def write(self, plan: Plan, *, skips_files: bool) -> Written:
        """Return the parts of a plan; a step whose condition is not met is not one.

        :raises FileMissingError: a file has to be brought to Meta first, unless such steps are to be skipped.
        """
        written = Written()
        for step in self.steps_of(plan):
            if step.kind not in MESSAGES:
                continue
            try:
                written.parts.append(await self._part(step, plan, written))
            except FileMissingError:
                if not skips_files:
                    raise
                written.left_out.append({"reason": "file", "step": step.kind.value})
            except variables.MissingError as error:
                written.left_out.append({"reason": "missing", "variable": error.name})
            except (SwitchboardError, KeyError, TypeError, ValueError) as error:
                said = error.message if isinstance(error, SwitchboardError) else f"{type(error).__name__}: {error}"
                written.left_out.append({"reason": "refused", "said": said[:300]})
        return written

    def steps_of(self, plan: Plan) -> list[Step]:
        """Return the steps of a plan that are for this person."""
        return [step for step in plan.steps if scopes.is_true(step.condition, self.person, self.now)]

    async def _part(self, step: Step, plan: Plan, written: Written) -> Part:
        values = await self._values(step.content, plan, written)

        def fill(text: str) -> str:
            return variables.fill(text, values)

        if step.kind == StepKind.TEMPLATE:
            return await self._template(step, plan.language, fill)
        media_id = await self._media_id(step) if step.kind in _FILES else ""
        return Part(body=bodies.build_body(step, plan.language, fill, media_id=media_id))

    async def _values(self, content: Any, plan: Plan, written: Written) -> dict[str, str]:
        """Return what the variables of a step stand for; coupons are taken only where one is asked for."""
        values = variables.values_of(
            self.person, number=self.row.number_name, order_link=self.settings.order_link, question=plan.question
        )
        for pool in dict.fromkeys(pool for text in list_texts(content) for pool in variables.find_pools(text)):
            code = await store.take_coupon(
                self.connection,
                workspace_id=self.workspace_id,
                pool=pool,
                contact_id=self.person.contact_id,
                now=self.now,
            )
            if code:
                values[f"coupon:{pool}"] = code
                written.coupons.append(f"{pool}: {code}")
        return values

    async def _media_id(self, step: Step) -> str:
        asset_id = int(step.content.get("asset_id") or 0)
        if not asset_id:
            return ""
        found = await store.find_upload(self.connection, self.workspace_id, asset_id, self.number_id, self.now)
        if found is None:
            raise FileMissingError(asset_id)
        return found

    async def _template(self, step: Step, language: str, fill: bodies.Fill) -> Part:
        """Return a template of the number's own account in the person's language."""
        name = str(step.content.get("name", ""))
        rows = await store.list_templates(self.connection, self.workspace_id, self.row.account_id, name)
        if not rows:
            raise limits.PayloadError(limits.EMPTY, field=f"template.{name}")
        wanted = template_rules.pick_language(language, [row.language for row in rows], rows[0].language)
        row = next(row for row in rows if row.language == wanted)
        shape = template_rules.parse_shape(row.components, row.parameter_format)
        given = step.content.get("values", {})
        values = {key: fill(pick(words, language)) for key, words in given.items()}
        media_id = await self._media_id(step) if shape.needs_media else ""
        file_name = str(step.content.get("filename", "")) or None
        components = template_rules.build_components(shape, values, media_id=media_id, file_name=file_name)
        body = payloads.build_template(name, row.language, components)
        return Part(body=body, template_id=row.id, category=row.category)


def list_texts(content: Any) -> list[str]:
    """Return every text within the content of a step."""
    if isinstance(content, str):
        return [content]
    if isinstance(content, dict):
        return [text for value in content.values() for text in list_texts(value)]
    if isinstance(content, Sequence):
        return [text for value in content for text in list_texts(value)]
    return []


def announce(parts: Sequence[Part], announcement: str) -> list[Part]:
    """Return the parts of which the first says that it is automatic; in words of its own where it has no room."""
    if not parts or not announcement.strip():
        return list(parts)
    first = bodies.add_announcement(parts[0].body, announcement)
    if first is None:
        return [Part(body=bodies.build_text(announcement)), *parts]
    return [Part(body=first, template_id=parts[0].template_id, category=parts[0].category), *parts[1:]]
