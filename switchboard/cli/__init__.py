"""The `switchboard` command: parse arguments, build a frozen configuration, call the worker."""
