"""What synchronous actions and queries of replies run by core.statements."""

SQL_NOTIFY_RULES = "SELECT pg_notify('switchboard_rules', %(workspace)s)"
