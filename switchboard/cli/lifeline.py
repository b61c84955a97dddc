"""Children that end when their owner ends, however it ends."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded here, not in the child: between fork and exec only calls into the kernel are safe.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_owner(sign: signal.Signals) -> Callable[[], None]:
    """Return what a child runs before it becomes its program: a request to get `sign` when we die.

    The kernel watches the *thread* that starts the child, so start children from the main thread.
    """
    owner = os.getpid()

    def ask_kernel() -> None:
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        if os.getppid() != owner:  # It died between fork and the request, which then comes too late.
            os._exit(1)

    return ask_kernel
