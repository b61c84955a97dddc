"""`switchboard web`: the console, the API and the live updates."""

import click

from switchboard.cli import environment, serving
from switchboard.core import env


@click.command(help="Serve the console and the live updates.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port [SWITCHBOARD_WEB_PORT, 8000].")
def web(*, host: str, port: int | None) -> None:
    """Serve Django under Granian."""
    home = environment.find_home()
    environment.ensure_secrets(home)
    environment.find_database(home)
    chosen = port or env.read_whole("SWITCHBOARD_WEB_PORT", 8000, lowest=1, highest=65535)
    access_log = ("--access-log",) if env.read_flag("SWITCHBOARD_DEBUG", default=False) else ()
    serving.serve("switchboard.config.asgi:application", interface="asgi", host=host, port=chosen, options=access_log)
