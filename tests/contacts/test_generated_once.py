"""Updating what people did lately stays cheap, although two columns follow from others."""

from switchboard.core import statements


def test_updates_prepare_generated_columns_once(db: None) -> None:
    found = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'contacts_activity'::regclass AND NOT tgisinternal"
    assert ("contacts_keep_row",) in statements.fetch(found, {})
