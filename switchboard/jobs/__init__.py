"""The clock calls us: one table of name, interval, action."""
