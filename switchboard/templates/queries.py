"""What is known of templates and of the media that their headers show."""

from collections.abc import Collection
from datetime import datetime, timedelta

from switchboard.templates.errors import AssetMissingError, TemplateMissingError
from switchboard.templates.models import Asset, Template, Upload

# Meta forgets a media id after 30 days; one that is about to go must not be sent any more.
UPLOAD_MARGIN = timedelta(days=2)


def get_template(workspace_id: int, template_id: int) -> Template:
    """Return one template in one language and account.

    :raises TemplateMissingError: not in this workspace.
    """
    found = Template.objects.filter(workspace_id=workspace_id, pk=template_id).first()
    if found is None:
        raise TemplateMissingError
    return found


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


def map_asset_kinds(workspace_id: int, ids: Collection[int]) -> dict[int, str]:
    """Return what some files are: image, video or document."""
    rows = Asset.objects.filter(workspace_id=workspace_id, pk__in=ids).values_list("pk", "mime")
    return {asset_id: kind_of(mime) for asset_id, mime in rows}


def kind_of(mime: str) -> str:
    """Return what a file of this type is to WhatsApp: image, video or document."""
    head = mime.partition("/")[0]
    return head if head in {"image", "video"} else "document"


def map_media_ids(workspace_id: int, asset_id: int, now: datetime | None = None) -> dict[int, str]:
    """Return the asset's media id at Meta by number; with `now`, only those that stay good for a while."""
    uploads = Upload.objects.filter(workspace_id=workspace_id, asset_id=asset_id)
    if now is not None:
        uploads = uploads.filter(expires_at__gt=now + UPLOAD_MARGIN)
    return dict(uploads.values_list("number_id", "media_id"))


def list_names(workspace_id: int, ids: Collection[int]) -> dict[int, str]:
    """Return the names of some templates."""
    return dict(Template.objects.filter(workspace_id=workspace_id, pk__in=ids).values_list("pk", "name"))
