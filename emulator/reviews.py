"""The life of a template at Meta: reviews, categories, quality, pauses, pacing, and the webhooks that tell of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.accounts import Account
from emulator.agenda import Agenda
from emulator.clock import Clock
from emulator.errors import GraphError
from emulator.forms import Form, check_content
from emulator.knobs import Knobs
from emulator.templates import Template, parse_parts
from emulator.webhooks import Webhooks

PAUSES = (("FIRST_PAUSE", 3 * 3600.0), ("SECOND_PAUSE", 6 * 3600.0))
CATEGORY_NOTICE_SECONDS = 86_400.0
EDITABLE = {"APPROVED", "REJECTED", "PAUSED"}
EDITABLE_FIELDS = ("components", "category", "message_send_ttl_seconds")
DAY_SECONDS = 86_400.0
EDITS_MOST, EDITS_SECONDS = 10, 30 * DAY_SECONDS
# Words that make a reviewer see marketing in what was asked for as utility.
PROMOTIONAL = re.compile(
    r"\b(sale|discount|offer|coupon|promo|deal|% off|free gift)\b|セール|割引|クーポン|特典|优惠|折扣|促销|優惠",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Pacing:
    """A trial of the first sends: the rest waits until Meta has judged."""

    after: int
    hold_seconds: float
    verdict: Literal["good", "bad"]
    seen_count: int = 0
    held: list[Callable[[int], None]] = field(default_factory=list)

    def holds_next(self) -> bool:
        self.seen_count += 1
        return self.seen_count > self.after


class Reviews:
    def __init__(self, *, clock: Clock, knobs: Knobs, calendar: Agenda, webhooks: Webhooks) -> None:
        self._clock = clock
        self._knobs = knobs
        self._calendar = calendar
        self._webhooks = webhooks
        self._pacings: dict[str, Pacing] = {}
        # Template id -> what an edit asks for; the old form stays until the review has ended.
        self._edits: dict[str, Form] = {}

    # ── review ──

    def create(self, account: Account, form: Form) -> Template:
        """Take a new template in; the review ends by itself after the knob's seconds.

        :raises GraphError: it breaks a rule, its name is taken or locked, or there are too many.
        """
        if (
            self._knobs.category_judgement
            and str(form.get("category", "")).upper() == "UTILITY"
            and _sounds_promotional(form)
        ):
            form = {**form, "category": "MARKETING"}
        template = account.templates.create(form, self._clock.elapsed(), limit=account.template_limit)
        self._review(account, template)
        return template

    def edit(self, account: Account, template: Template, form: Form) -> None:
        """Send a changed template to review again.

        :raises GraphError: its status or the number of edits does not allow it, or the change breaks a rule.
        """
        if template.status not in EDITABLE:
            raise GraphError(100, f"A template with status {template.status} cannot be edited", subcode=2388025)
        category = str(form.get("category", template.category)).upper()
        if template.status == "APPROVED":
            if category != template.category:
                raise GraphError(100, "The category of an approved template cannot be edited", subcode=2388025)
            self._count_edit(template)
        changes = {key: form[key] for key in EDITABLE_FIELDS if key in form}
        content: Form = {**template.form(), **changes}
        check_content(content)
        template.stays_usable = template.status == "APPROVED" and self._knobs.edited_templates_usable
        template.status = "PENDING"
        self._edits[template.template_id] = content
        self._review(account, template)

    def _count_edit(self, template: Template) -> None:
        moment = self._clock.elapsed()
        template.edited_at = [edited for edited in template.edited_at if moment - edited < EDITS_SECONDS]
        if template.edited_at and moment - template.edited_at[-1] < DAY_SECONDS:
            raise GraphError(100, "An approved template can be edited once in 24 hours", subcode=2388026)
        if len(template.edited_at) >= EDITS_MOST:
            raise GraphError(100, "An approved template can be edited 10 times in 30 days", subcode=2388026)
        template.edited_at.append(moment)

    def _review(self, account: Account, template: Template) -> None:
        verdict = self._knobs.next_reviews.pop(0) if self._knobs.next_reviews else "approve"
        if verdict != "never":
            self._calendar.call(
                self._knobs.template_review_seconds, lambda: self._end_review(account, template, verdict)
            )

    def _end_review(self, account: Account, template: Template, verdict: str) -> None:
        if account.templates.by_id.get(template.template_id) is not template or template.status != "PENDING":
            return
        if verdict == "approve" and account.templates.has_twin(template):
            self.reject(account, template, "INVALID_FORMAT")
        elif verdict == "reject":
            self.reject(account, template, "TAG_CONTENT_MISMATCH")
        else:
            if verdict == "marketing":
                template.recategorise("MARKETING")
            self.approve(account, template)

    def approve(self, account: Account, template: Template) -> None:
        edit = self._edits.pop(template.template_id, None)
        template.stays_usable = False
        template.status, template.rejected_reason = "APPROVED", "NONE"
        if edit is not None:
            template.components = edit["components"]
            template.category = str(edit["category"]).upper()
            template.ttl_seconds = int(edit.get("message_send_ttl_seconds") or 0)
            template.parts = parse_parts(template.components, template.category)
            self._tell_components(account, template)
        self._tell(account, template, "APPROVED")

    def reject(self, account: Account, template: Template, reason: str) -> None:
        self._edits.pop(template.template_id, None)
        template.stays_usable = False
        template.status, template.rejected_reason = "REJECTED", reason
        advice = {"reason": reason, "recommendation": "Change the template and send it to review again."}
        self._tell(account, template, "REJECTED", reason=reason, rejection_info=advice)

    # ── quality and pauses ──

    def set_quality(self, account: Account, template: Template, quality: str) -> None:
        """Change the quality; red pauses for 3 hours, then 6, then disables for good."""
        previous, template.quality = template.quality, quality
        if previous == quality:
            return
        template.quality_at = int(self._clock.now())
        value = {"previous_quality_score": previous, "new_quality_score": quality, **_names(template)}
        self._webhooks.emit_account(account, "message_template_quality_update", value)
        if quality == "RED" and template.status == "APPROVED":
            self.pause(account, template)

    def pause(self, account: Account, template: Template) -> None:
        """Take the next step of the ladder: a pause that ends by itself, or the end."""
        if template.pause_count >= len(PAUSES):
            self.disable(account, template)
            return
        title, seconds = PAUSES[template.pause_count]
        template.pause_count += 1
        template.status = "PAUSED"
        self._tell(account, template, "PAUSED", other_info=_info(title))
        pause = template.pause_count
        self._calendar.call(seconds, lambda: self._end_pause(account, template, pause))

    def _end_pause(self, account: Account, template: Template, pause: int) -> None:
        if template.status == "PAUSED" and template.pause_count == pause and not template.needs_unpause:
            self.unpause(account, template)

    def unpause(self, account: Account, template: Template) -> None:
        """End a pause.

        :raises GraphError: the template is not paused.
        """
        if template.status != "PAUSED":
            raise GraphError(100, f"The template has status {template.status}, only PAUSED ones can be unpaused")
        template.status, template.quality, template.needs_unpause = "APPROVED", "UNKNOWN", False
        self._tell(account, template, "APPROVED", other_info=_info("UNPAUSE"))

    def disable(self, account: Account, template: Template) -> None:
        template.status = "DISABLED"
        when = {"disable_date": str(int(self._clock.now()))}
        self._tell(account, template, "DISABLED", disable_info=when, other_info=_info("DISABLED"))

    # ── category ──

    def change_category(self, account: Account, template: Template, category: str, *, with_notice: bool) -> None:
        """Judge a template to be of another category, at once or after a day's notice."""
        if not with_notice:
            previous = template.category
            template.recategorise(category)
            value = {**_names(template), "previous_category": previous, "new_category": category}
            self._webhooks.emit_account(account, "template_category_update", value)
            return
        template.correct_category = category
        moment = int(self._clock.now() + CATEGORY_NOTICE_SECONDS)
        value = {**_names(template), "correct_category": category, "new_category": template.category}
        value["category_update_timestamp"] = moment
        self._webhooks.emit_account(account, "template_category_update", value)
        self._calendar.call(
            CATEGORY_NOTICE_SECONDS, lambda: self.change_category(account, template, category, with_notice=False)
        )

    # ── pacing ──

    def pace(self, template: Template, pacing: Pacing | None) -> None:
        """Let the next sends of a template be a trial, or end one."""
        if pacing is None:
            self._pacings.pop(template.template_id, None)
        else:
            self._pacings[template.template_id] = pacing

    def hold(self, account: Account, template: Template, release: Callable[[int], None]) -> bool:
        """Keep a message back if the template is on trial; `release` gets 0 or the code to fail with."""
        pacing = self._pacings.get(template.template_id)
        if pacing is None or not pacing.holds_next():
            return False
        if not pacing.held:
            self._calendar.call(pacing.hold_seconds, lambda: self._judge(account, template, pacing))
        pacing.held.append(release)
        return True

    def _judge(self, account: Account, template: Template, pacing: Pacing) -> None:
        self.pace(template, None)
        if pacing.verdict == "bad":
            template.status, template.needs_unpause = "PAUSED", True
            self._tell(account, template, "PAUSED", other_info=_info("RATE_LIMITING_PAUSE"))
        for release in pacing.held:
            release(132015 if pacing.verdict == "bad" else 0)

    # ── webhooks ──

    def announce(self, account: Account, template: Template, event: str, reason: str = "NONE") -> None:
        """Send an event that changes nothing by itself, such as FLAGGED or LOCKED."""
        self._tell(account, template, event, reason=reason)

    def _tell(self, account: Account, template: Template, event: str, *, reason: str = "NONE", **more: Any) -> None:
        value = {"event": event, **_names(template), "message_template_category": template.category, "reason": reason}
        self._webhooks.emit_account(account, "message_template_status_update", value | more)

    def _tell_components(self, account: Account, template: Template) -> None:
        buttons = [
            {"message_template_button_type": button.kind, "message_template_button_text": button.text}
            for button in template.parts.buttons
        ]
        value: dict[str, Any] = {**_names(template), "message_template_element": _source(template)}
        if template.parts.footer:
            value["message_template_footer"] = template.parts.footer
        if buttons:
            value["message_template_buttons"] = buttons
        self._webhooks.emit_account(account, "message_template_components_update", value)


def _names(template: Template) -> dict[str, Any]:
    return {
        "message_template_id": int(template.template_id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }


def _info(title: str) -> dict[str, str]:
    return {"title": title, "description": title.replace("_", " ").capitalize()}


def _source(template: Template) -> str:
    variables = template.parts.body.variables
    return template.parts.body.fill({variable: f"{{{{{variable}}}}}" for variable in variables})


def _sounds_promotional(form: Form) -> bool:
    components = form.get("components")
    return isinstance(components, list) and any(
        PROMOTIONAL.search(str(component.get("text", ""))) for component in components if isinstance(component, dict)
    )
