"""The life of templates."""

from datetime import datetime

import msgspec

from switchboard.cloudapi.values import Json, as_moment, as_object, as_text, list_objects

# A reason that says that there is none.
_NO_REASON = "NONE"


class TemplateName(msgspec.Struct, frozen=True):
    """Which template; Meta writes en-US here and en_US everywhere else."""

    id: str
    name: str
    language: str


class TemplateStatus(msgspec.Struct, frozen=True):
    """A template was approved, refused, paused …; `event` is Meta's word. A pause's title is FIRST_PAUSE and so on."""

    template: TemplateName
    event: str
    reason: str
    category: str
    title: str = ""
    description: str = ""
    recommendation: str = ""
    disabled_at: datetime | None = None


class TemplateQuality(msgspec.Struct, frozen=True):
    """A template's quality changed: GREEN, YELLOW, RED or UNKNOWN."""

    template: TemplateName
    previous: str
    new: str


class TemplateComponents(msgspec.Struct, frozen=True):
    """A template's text changed."""

    template: TemplateName
    header: str
    body: str
    footer: str
    buttons: tuple[Json, ...]


class TemplateCategory(msgspec.Struct, frozen=True):
    """A template's category changed, or will: then `coming` is set and `new` is still the present one."""

    template: TemplateName
    new: str
    previous: str = ""
    coming: str = ""
    changes_at: datetime | None = None

    @property
    def is_done(self) -> bool:
        """Tell whether it has changed already."""
        return not self.coming


def _name(value: Json) -> TemplateName:
    return TemplateName(
        id=as_text(value.get("message_template_id")),
        name=as_text(value.get("message_template_name")),
        language=as_text(value.get("message_template_language")).replace("-", "_"),
    )


def parse_status(value: Json) -> TemplateStatus:
    """Read message_template_status_update."""
    other, rejection = as_object(value.get("other_info")), as_object(value.get("rejection_info"))
    reason = as_text(value.get("reason"))
    return TemplateStatus(
        template=_name(value),
        event=as_text(value.get("event")).upper(),
        reason="" if reason == _NO_REASON else reason or as_text(rejection.get("reason")),
        category=as_text(value.get("message_template_category")),
        title=as_text(other.get("title")),
        description=as_text(other.get("description")),
        recommendation=as_text(rejection.get("recommendation")),
        disabled_at=as_moment(as_object(value.get("disable_info")).get("disable_date")),
    )


def parse_quality(value: Json) -> TemplateQuality:
    """Read message_template_quality_update."""
    previous, new = as_text(value.get("previous_quality_score")), as_text(value.get("new_quality_score"))
    return TemplateQuality(_name(value), previous, new)


def parse_components(value: Json) -> TemplateComponents:
    """Read message_template_components_update."""
    header, body, footer = (as_text(value.get(f"message_template_{part}")) for part in ("title", "element", "footer"))
    return TemplateComponents(
        _name(value), header, body, footer, tuple(list_objects(value.get("message_template_buttons")))
    )


def parse_category(value: Json) -> TemplateCategory:
    """Read template_category_update."""
    return TemplateCategory(
        template=_name(value),
        new=as_text(value.get("new_category")),
        previous=as_text(value.get("previous_category")),
        coming=as_text(value.get("correct_category")),
        changes_at=as_moment(value.get("category_update_timestamp")),
    )
