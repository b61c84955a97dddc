"""The first version of the API; what is in it stays, what is new is added beside it."""
