"""An applier in a process of its own, to be killed: python -m tests.delivery.applier_process URL SHIFT."""

import asyncio
import sys

from switchboard.core import clock
from switchboard.webhooks import worker


async def main() -> None:
    """Apply until killed."""
    clock.set_shift(float(sys.argv[2]))
    await worker.run_applier(worker.ApplierConfig(url=sys.argv[1]), asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
