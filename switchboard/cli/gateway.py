"""`switchboard gateway`: what Meta calls."""

import click

from switchboard.cli import environment, serving
from switchboard.core import env


@click.command(help="Receive Meta's webhooks.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port [SWITCHBOARD_GATEWAY_PORT, 8001].")
def gateway(*, host: str, port: int | None) -> None:
    """Serve the bare receiver under Granian."""
    home = environment.find_home()
    environment.ensure_secrets(home)
    environment.find_database(home)
    chosen = port or env.read_whole("SWITCHBOARD_GATEWAY_PORT", 8001, lowest=1, highest=65535)
    serving.serve("switchboard.webhooks.receiver:application", interface="asgi", host=host, port=chosen)
