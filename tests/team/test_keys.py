"""Keys of programs: shown once, kept as a hash, found by nothing else."""

from datetime import timedelta

import pytest

from switchboard.core import statements
from switchboard.core.errors import SwitchboardError
from switchboard.core.tenancy import set_scope, workspace_scope
from switchboard.team import actions, queries
from switchboard.team import statements as sql
from switchboard.team.errors import KeyEndedError, KeyMissingError, KeyNameError, KeyScopeError, KeyTimeError
from switchboard.team.keys import SCOPES, KeyState, has_scope, hash_secret, is_same_hash, state_of
from switchboard.team.models import ApiKey, Workspace
from tests.conftest import NOON
from tests.factories import make_key, make_workspace

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def olive() -> Workspace:
    return make_workspace()


def state(key: ApiKey, now=NOON) -> KeyState:
    key.refresh_from_db()
    return state_of(expires_at=key.expires_at, revoked_at=key.revoked_at, now=now)


def test_a_key_is_found_by_its_secret_which_is_kept_nowhere(olive: Workspace) -> None:
    made = make_key(olive)
    set_scope(workspace_id=None)
    found = queries.find_key(made.secret)
    assert found == made.key
    assert (made.secret[:12], len(made.secret)) == (made.key.prefix, 68)
    assert is_same_hash(found.hash, hash_secret(made.secret))
    assert made.secret[12:] not in repr(ApiKey.objects.filter(pk=made.key.pk).values())


@pytest.mark.parametrize(
    "text", ["", "swb_", "swb_" + "0" * 64, "swb_" + "G" * 64, "swb_" + "0" * 63 + "\n", "x" * 9999]
)
def test_anything_else_finds_nothing(olive: Workspace, text: str) -> None:
    make_key(olive)
    assert queries.find_key(text) is None


def test_a_hash_opens_one_row_for_one_look(olive: Workspace) -> None:
    made = make_key(olive)
    make_key(olive, name="Another")
    sam = make_workspace("Sam's Shop")
    with workspace_scope(sam.pk):
        assert not ApiKey.objects.exists()
        assert queries.find_key(made.secret) == made.key
        assert not ApiKey.objects.exists()
        with pytest.raises(KeyMissingError):
            actions.revoke_key(workspace_id=sam.pk, key_id=made.key.pk, now=NOON)


def test_what_a_hash_shows_cannot_be_changed(olive: Workspace) -> None:
    made = make_key(olive)
    set_scope(workspace_id=None)
    statements.fetch(sql.SQL_SHOW_KEY, {"hash": hash_secret(made.secret).hex()})
    assert [key.pk for key in ApiKey.objects.all()] == [made.key.pk]
    assert ApiKey.objects.filter(pk=made.key.pk).update(scopes=list(SCOPES)) == 0


def test_it_is_found_by_its_index(olive: Workspace) -> None:
    set_scope(workspace_id=olive.pk)
    statements.execute("SET LOCAL enable_seqscan = off", {})
    # Row-level security leaves the index to it: comparing hashes tells nothing of the rows it hides.
    plan = ApiKey.objects.filter(hash=hash_secret("x")).explain()
    assert "Index Cond: (hash =" in plan, plan


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"name": "  "}, KeyNameError),
        ({"name": "x" * 61}, KeyNameError),
        ({"name": "a\x00b"}, KeyNameError),
        ({"scopes": []}, KeyScopeError),
        ({"scopes": ["contacts:burn"]}, KeyScopeError),
        ({"expires_at": NOON}, KeyTimeError),
        ({"expires_at": NOON + 4000 * DAY}, KeyTimeError),
    ],
)
def test_a_key_that_cannot_be_is_refused(
    olive: Workspace, given: dict[str, object], error: type[SwitchboardError]
) -> None:
    with pytest.raises(error):
        make_key(olive, **given)


def test_a_replaced_key_goes_on_for_as_long_as_its_owner_says(olive: Workspace) -> None:
    former = make_key(olive, scopes=["contacts:read"], expires_at=NOON + 90 * DAY).key
    with workspace_scope(olive.pk):
        made = actions.rotate_key(
            workspace_id=olive.pk, key_id=former.pk, by=7, now=NOON + DAY, overlap=timedelta(hours=2)
        )
        assert (made.key.name, made.key.scopes, made.key.expires_at) == (
            "Web shop",
            ["contacts:read"],
            NOON + 91 * DAY,
        )
        assert state(former, NOON + DAY + timedelta(minutes=119)) == KeyState.WORKS
        assert state(former, NOON + DAY + timedelta(minutes=120)) == KeyState.EXPIRED
        with pytest.raises(KeyTimeError):
            actions.rotate_key(workspace_id=olive.pk, key_id=made.key.pk, by=7, now=NOON, overlap=-DAY)


def test_a_key_that_was_taken_back_stays_so(olive: Workspace) -> None:
    made = make_key(olive)
    with workspace_scope(olive.pk):
        actions.revoke_key(workspace_id=olive.pk, key_id=made.key.pk, now=NOON)
        assert state(made.key) == KeyState.REVOKED
        for again in (actions.revoke_key, lambda **given: actions.rotate_key(by=7, **given)):
            with pytest.raises(KeyEndedError):
                again(workspace_id=olive.pk, key_id=made.key.pk, now=NOON)


def test_its_use_is_noted_once_a_minute(olive: Workspace) -> None:
    key = make_key(olive).key
    noted = []
    with workspace_scope(olive.pk):
        for seconds in (0, 59, 60, 70):
            actions.note_use(key, NOON + timedelta(seconds=seconds))
            key.refresh_from_db()
            noted.append(key.last_used_at)
    minute = NOON + timedelta(minutes=1)
    assert noted == [NOON, NOON, minute, minute]


def test_who_may_write_may_read_and_never_the_reverse() -> None:
    assert has_scope(["imports:write"], "imports:read")
    assert not has_scope(["imports:read"], "imports:write")
    assert not has_scope(["consent:write"], "contacts:read")
