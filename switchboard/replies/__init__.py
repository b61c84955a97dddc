"""Every incoming message: keep, tie to what it answers, obey STOP."""
