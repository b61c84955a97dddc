"""Questions over contacts: a typed tree, what it may ask, and one SQL query made of it."""
