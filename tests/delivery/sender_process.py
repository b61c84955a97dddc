"""A sender in a process of its own, to be killed: python -m tests.delivery.sender_process URL API SHIFT."""

import asyncio
import sys

from switchboard.core import clock
from switchboard.delivery.worker import SenderConfig, run_sender


async def main() -> None:
    """Send until killed."""
    clock.set_shift(float(sys.argv[3]))
    await run_sender(SenderConfig(sys.argv[1], sys.argv[2]), asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
