"""The people: identities, fields, tags, activity, import."""
