"""Pages of conversations: the list, and one thread with what rules did in it."""
