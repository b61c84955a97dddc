"""One row of a workspace's, by its id."""

from typing import TypeVar

from django.db.models import Model

from switchboard.core.errors import NotFound

Row = TypeVar("Row", bound=Model)


def get_own(model: type[Row], workspace_id: int, pk: int, missing: type[NotFound], *, lock: bool = False) -> Row:
    """Return a workspace's row; with `lock` nobody else changes it until the transaction is over.

    :raises NotFound: `missing`, where there is none in this workspace.
    """
    rows = model._default_manager.filter(workspace_id=workspace_id, pk=pk)
    row = (rows.select_for_update(no_key=True) if lock else rows).first()
    if row is None:
        raise missing
    return row
