"""Files for headers: kept once, uploaded for each number, and refused with what to do."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from switchboard.cloudapi.errors import CloudError
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace
from switchboard.templates import actions, media, queries
from switchboard.templates.errors import AssetMissingError, AssetRefusedError, SyncFailedError
from switchboard.templates.models import Asset, Upload
from tests.cloud import AWAY, FakeCloud
from tests.conftest import NOON
from tests.factories import make_account, make_number, make_workspace

pytestmark = pytest.mark.django_db


def picture(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "olive").save(out, kind)
    return out.getvalue()


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


@pytest.fixture
def asset(workspace: Workspace) -> Asset:
    return actions.add_asset(workspace_id=workspace.pk, file_name="sale.jpg", content=picture(), now=NOON)


def upload(asset: Asset, number_ids: list[int], cloud: FakeCloud, later: timedelta = timedelta(0)) -> dict[int, str]:
    return actions.ensure_uploads(
        workspace_id=asset.workspace_id, asset_id=asset.pk, number_ids=number_ids, now=NOON + later, call=cloud.call
    )


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x18ftyp3gp4", "video/3gpp"),
    ],
)
def test_what_a_file_is_follows_from_its_bytes(content: bytes, mime: str) -> None:
    assert media.sniff_media(content).mime == mime


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"GIF89a", "does not show this type"),
        (b"<svg/>", "does not show this type"),
        (picture()[:60], "broken"),
        (b"\xff\xd8\xff" + bytes(6 * 1024 * 1024), "at most 5 MB"),
        (b"%PDF-" + bytes(17 * 1024 * 1024), "at most 16 MB"),
    ],
)
def test_an_unusable_file_is_refused_with_what_to_do(content: bytes, sentence: str) -> None:
    with pytest.raises(AssetRefusedError, match=sentence):
        media.sniff_media(content)


def test_the_same_bytes_are_kept_once(workspace: Workspace, asset: Asset) -> None:
    again = actions.add_asset(workspace_id=workspace.pk, file_name="copy.jpg", content=picture(), now=NOON)
    assert again.pk == asset.pk
    assert bytes(queries.get_asset(workspace.pk, asset.pk).content) == picture()


def test_a_file_is_uploaded_once_for_each_number_with_its_accounts_token(workspace: Workspace, asset: Asset) -> None:
    accounts = [make_account(workspace, token=token) for token in ("one", "two")]
    numbers = [make_number(workspace, account=account) for account in accounts for _ in range(2)]
    cloud = FakeCloud()
    ids = [number.pk for number in numbers]
    assert upload(asset, ids, cloud) == {number.pk: f"media-{number.meta_id}" for number in numbers}
    assert cloud.tokens == ["one", "two"]
    assert upload(asset, ids, FakeCloud()) == queries.map_media_ids(workspace.pk, asset.pk)
    assert sorted(cloud.uploaded_to) == sorted(number.meta_id for number in numbers)


def test_it_is_uploaded_again_before_meta_forgets_it(workspace: Workspace, asset: Asset) -> None:
    number = make_number(workspace)
    upload(asset, [number.pk], FakeCloud())
    cloud = FakeCloud(uploads={number.meta_id: "fresh"})
    assert upload(asset, [number.pk], cloud, timedelta(days=29)) == {number.pk: "fresh"}
    assert Upload.objects.get().expires_at == NOON + timedelta(days=59)


def test_what_could_be_uploaded_is_kept_when_meta_goes_away(workspace: Workspace, asset: Asset) -> None:
    account = make_account(workspace)
    numbers = [make_number(workspace, account=account) for _ in range(2)]
    with pytest.raises(SyncFailedError, match="cannot be reached"):
        upload(asset, [number.pk for number in numbers], FakeCloud(uploads={numbers[1].meta_id: AWAY}))
    assert list(queries.map_media_ids(workspace.pk, asset.pk)) == [numbers[0].pk]


def test_a_refusal_names_the_number_and_metas_reason(workspace: Workspace, asset: Asset) -> None:
    number = make_number(workspace, label="Tokyo desk")
    refusal = CloudError(131053, 0, "Media upload error", "", 400)
    with pytest.raises(AssetRefusedError, match=r"Tokyo desk.*error 131053"):
        upload(asset, [number.pk], FakeCloud(uploads={number.meta_id: refusal}))


def test_one_workspace_cannot_see_another_ones_files(workspace: Workspace, asset: Asset) -> None:
    assert [listed.pk for listed in queries.list_assets(workspace.pk)] == [asset.pk]
    with workspace_scope(make_workspace("Sam's Shop").pk), pytest.raises(AssetMissingError):
        queries.get_asset(workspace.pk, asset.pk)
