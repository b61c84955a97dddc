"""The command `switchboard`: which commands there are, and how an error reaches the person."""

import importlib
import sys

import click
import psycopg

from switchboard.core import env, errors

# A command's module is imported when it is called: `switchboard sender` must not load Django.
_COMMANDS = {
    "demo": "Show everything: emulator, a sample shop, one broadcast with replies.",
    "up": "Run everything on this machine: database, web, gateway, sender, worker.",
    "web": "Serve the console and the live updates.",
    "gateway": "Receive Meta's webhooks.",
    "sender": "Send what is due.",
    "worker": "Apply stored events and run jobs.",
    "emulator": "Run the stand-in Cloud API.",
    "user": "Give a person a sign-in and a place in a workspace.",
    "contacts": "Import people from a file.",
    "keys": "Make, list and revoke keys with which programs use the API.",
    "connect": "Connect a WhatsApp Business account: its numbers and templates.",
    "stop": "Stop all sending within a second.",
    "resume": "Go on sending after a stop.",
    "doctor": "Check everything, and say what to do about what is wrong.",
    "dead-letters": "List events that could not be applied, or try them again.",
    "bench": "Measure the product beside its yardsticks.",
    "ledger": "Recount a broadcast from its rows.",
    "why": "Say why a message was or was not sent.",
    "migrate": "Bring the database's tables up to date.",
    "collectstatic": "Gather styles, scripts and icons for serving.",
    "manage": "Run a Django management command.",
    "postgres": "Show whether the embedded PostgreSQL runs, and where.",
    "psql": "Open a PostgreSQL prompt on Switchboard's database.",
    "key": "Make a key for SWITCHBOARD_ENCRYPTION_KEYS.",
}
_EXIT_CODE = 2


class LazyGroup(click.Group):
    """A group whose commands are modules of this package, named like them without dashes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order people meet them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return its command."""
        if cmd_name not in _COMMANDS:
            return None
        name = cmd_name.replace("-", "")
        module = importlib.import_module(f"switchboard.cli.{name}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="switchboard")
def switchboard() -> None:
    """Switchboard: a control panel for many WhatsApp Business numbers."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; what a person can mend is one sentence and exit code 2."""
    try:
        switchboard.main(arguments, prog_name="switchboard")
    except Exception as error:
        sentence = _explain(error)
        if sentence is None:
            raise
        click.secho(f"Error: {sentence}", fg="red", err=True)
        sys.exit(_EXIT_CODE)


def _explain(error: BaseException) -> str | None:
    """Return what to tell a person who can mend it; a mistake of ours is None and keeps its traceback."""
    if isinstance(error, (errors.SwitchboardError, env.SettingError)):
        return str(error)
    if isinstance(error, psycopg.errors.RaiseException):  # Raised by a migration of ours, in words for people.
        return error.diag.message_primary
    if isinstance(error, psycopg.OperationalError):
        reason = str(error).strip().partition("\n")[0]
        return f"The database does not do its part: {reason}. Check SWITCHBOARD_DATABASE_URL, and that the server runs."
    # Django wraps what psycopg raises.
    return _explain(error.__cause__) if error.__cause__ else None
