"""What is known of templates and of the media that their headers show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.templates.errors import AssetMissingError, TemplateMissingError
from switchboard.templates.models import Asset, Template, TemplateState, Upload

# Meta forgets a media id after 30 days; one that is about to go must not be sent any more.
UPLOAD_MARGIN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class TemplateGroup:
    """The templates of one name: every language in every account."""

    name: str
    variants: tuple[Template, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are, approved or not."""
        return tuple(sorted({variant.language for variant in self.variants}))

    @property
    def approved_languages(self) -> tuple[str, ...]:
        """The languages that may be sent from at least one account."""
        return tuple(sorted({one.language for one in self.variants if one.state == TemplateState.APPROVED}))

    @property
    def account_ids(self) -> tuple[int, ...]:
        """The accounts that have it."""
        return tuple(sorted({variant.account_id for variant in self.variants}))

    @property
    def approved_account_ids(self) -> tuple[int, ...]:
        """The accounts in which it may be sent in at least one language."""
        return tuple(sorted({one.account_id for one in self.variants if one.state == TemplateState.APPROVED}))

    @property
    def category(self) -> str:
        """The category of the newest reading."""
        return max(self.variants, key=lambda variant: variant.synced_at).category


def get_template(workspace_id: int, template_id: int) -> Template:
    """Return one template in one language and account.

    :raises TemplateMissingError: not in this workspace.
    """
    found = Template.objects.filter(workspace_id=workspace_id, pk=template_id).first()
    if found is None:
        raise TemplateMissingError
    return found


def get_group(workspace_id: int, name: str) -> TemplateGroup:
    """Return every language and account of one name.

    :raises TemplateMissingError: there is none of that name.
    """
    groups = _group(Template.objects.filter(workspace_id=workspace_id, name=name).order_by("language", "account_id"))
    if not groups:
        raise TemplateMissingError
    return groups[0]


def list_groups(workspace_id: int, *, search: str = "", only_approved: bool = False) -> list[TemplateGroup]:
    """Return the templates by name; `only_approved` leaves out names that can be sent nowhere."""
    found = Template.objects.filter(workspace_id=workspace_id)
    if search.strip():
        found = found.filter(name__icontains=search.strip())
    groups = _group(found.order_by("name", "language", "account_id"))
    return [group for group in groups if group.approved_languages or not only_approved]


def _group(templates: Iterable[Template]) -> list[TemplateGroup]:
    by_name: dict[str, list[Template]] = {}
    for template in templates:
        by_name.setdefault(template.name, []).append(template)
    return [TemplateGroup(name, tuple(variants)) for name, variants in by_name.items()]


def get_asset(workspace_id: int, asset_id: int) -> Asset:
    """Return a file that headers can show, content included.

    :raises AssetMissingError: not in this workspace.
    """
    found = Asset.objects.filter(workspace_id=workspace_id, pk=asset_id).first()
    if found is None:
        raise AssetMissingError
    return found


def list_assets(workspace_id: int, *, limit: int = 60) -> list[Asset]:
    """Return the newest files, without their content."""
    return list(Asset.objects.filter(workspace_id=workspace_id).defer("content").order_by("-id")[:limit])


def map_media_ids(workspace_id: int, asset_id: int, now: datetime | None = None) -> dict[int, str]:
    """Return the asset's media id at Meta by number; with `now`, only those that stay good for a while."""
    uploads = Upload.objects.filter(workspace_id=workspace_id, asset_id=asset_id)
    if now is not None:
        uploads = uploads.filter(expires_at__gt=now + UPLOAD_MARGIN)
    return dict(uploads.values_list("number_id", "media_id"))
