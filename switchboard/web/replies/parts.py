"""What parts of an answer choose from: the files of the workspace, and templates that its numbers may send."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from switchboard.core import clock
from switchboard.core.errors import Invalid
from switchboard.numbers import queries as numbers_queries
from switchboard.replies.answering import variables
from switchboard.replies.types import StepKind
from switchboard.templates import actions as templates_actions
from switchboard.templates import catalogue, media
from switchboard.templates import queries as templates_queries
from switchboard.templates import rules as templates_rules
from switchboard.templates.types import Preview, Shape
from switchboard.web import failures
from switchboard.web.broadcasts.message_step import label_of
from switchboard.web.replies.editor import RuleForm
from switchboard.web.replies.stepform import StepForm

_FILES = frozenset({StepKind.IMAGE, StepKind.VIDEO, StepKind.DOCUMENT})
# One byte more than the largest that WhatsApp shows: what is longer is cut here and refused by the room.
_LARGEST_FILE = max(kind.limit_bytes for kind in (media.JPEG, media.MP4, media.PDF)) + 1


def take_files(workspace_id: int, form: RuleForm, files: MultiValueDict[str, Any]) -> None:
    """Keep what was uploaded beside a part, and choose it there; what cannot be shown is said at the part."""
    for place, rung in enumerate(form.rungs):
        for number, step in enumerate(rung.steps):
            file = files.get(f"r{place}.s{number}|file")
            if file is not None:
                _take_file(workspace_id, step, file.name or "", file.read(_LARGEST_FILE))


def _take_file(workspace_id: int, step: StepForm, file_name: str, content: bytes) -> None:
    try:
        asset = templates_actions.add_asset(
            workspace_id=workspace_id, file_name=file_name, content=content, now=clock.now()
        )
    except Invalid as error:
        step.fault = failures.say(error)
        return
    step.values["asset_id"] = str(asset.pk)
    step.values["filename"] = asset.file_name[-240:]
    step.values.pop("link", None)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a template, and what fills it."""

    key: str
    label: str
    example: str
    value: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a part of an answer shows beside its inputs."""

    # Of a file: "image", "video" or "document".
    file_kind: str = ""
    files: tuple[tuple[int, str], ...] = ()
    address: str = ""
    image: str = ""
    limits: str = ""
    places: tuple[Place, ...] = ()
    preview: Preview | None = None
    # Numbers of the rule through which this template cannot be sent.
    lacking: tuple[str, ...] = ()


@dataclass
class Library:
    """Files and templates of a workspace, read once a page and only when a part needs them."""

    workspace_id: int
    number_ids: Collection[int]
    names: Mapping[int, str]

    @cached_property
    def accounts(self) -> dict[int, int]:
        """The accounts of the numbers that a rule is for."""
        found = numbers_queries.map_accounts(self.workspace_id)
        return {
            number: account for number, account in found.items() if not self.number_ids or number in self.number_ids
        }

    @cached_property
    def families(self) -> list[catalogue.Family]:
        """The templates that some of these numbers may send."""
        usable = set(self.accounts.values())
        return [one for one in catalogue.list_families(self.workspace_id) if one.account_ids & usable]

    @cached_property
    def files(self) -> list[tuple[int, str, str]]:
        """The newest files: id, name, and what WhatsApp shows them as."""
        found = templates_queries.list_assets(self.workspace_id)
        return [(one.pk, one.file_name, templates_queries.kind_of(one.mime)) for one in found]

    def show(self, step: StepForm) -> Shown:
        """Return what a part shows."""
        if step.kind in _FILES:
            return self._show_file(step.kind, step.asset_id)
        if step.kind == StepKind.TEMPLATE:
            return self._show_template(step)
        return Shown()

    def _show_file(self, kind: str, asset_id: int, **more: Any) -> Shown:
        chosen = [(pk, name) for pk, name, shown_as in self.files if shown_as == kind]
        address = reverse("templates:asset", args=[asset_id]) if asset_id else ""
        return Shown(
            file_kind=kind,
            files=tuple(chosen),
            address=address,
            image=address if kind == StepKind.IMAGE else "",
            limits=say_limits(kind),
            **more,
        )

    def _show_template(self, step: StepForm) -> Shown:
        family = next((one for one in self.families if one.name == step.values.get("name")), None)
        if family is None:
            return Shown()
        shape = catalogue.get_shape(family.pick("en"))
        if not any(name.startswith("var:") for name in step.values):
            suggest(step, shape)
        given = {one.key: step.values.get(f"var:{one.key}", "") for one in shape.variables}
        places = tuple(Place(one.key, label_of(shape, one), one.example, given[one.key]) for one in shape.variables)
        lacking = sorted(number for number, account in self.accounts.items() if account not in family.account_ids)
        more: dict[str, Any] = {
            "places": places,
            "preview": templates_rules.render_preview(shape, given),
            "lacking": tuple(self.names.get(number, "") for number in lacking),
        }
        return self._show_file(shape.header, step.asset_id, **more) if shape.needs_media else Shown(**more)


def suggest(step: StepForm, shape: Shape) -> None:
    """Fill a new template's first place with the name, as people usually want it."""
    for place, one in enumerate(shape.variables):
        is_name = "name" in one.name.lower() or (place == 0 and one.part == "body")
        if is_name:
            step.values.setdefault(f"var:{one.key}", "{{name}}")


def say_limits(kind: str) -> str:
    """Return which files WhatsApp takes."""
    sentences = {
        "image": _("A JPEG or PNG picture of at most %(most)s MB."),
        "video": _("An MP4 video of at most %(most)s MB."),
        "document": _("A PDF of at most %(most)s MB."),
    }
    most = {"image": media.JPEG, "video": media.MP4, "document": media.PDF}[kind].limit_bytes
    return sentences[kind] % {"most": most // (1024 * 1024)}


def list_variables(pools: Collection[str], field_keys: Collection[str]) -> list[str]:
    """Return what may stand in double braces."""
    names = [*variables.KNOWN, *(f"field:{key}" for key in field_keys), *(f"coupon:{pool}" for pool in pools)]
    return [f"{{{{{name}}}}}" for name in names]
