"""`python -m switchboard` is the `switchboard` command."""

from switchboard.cli.main import main

main()
