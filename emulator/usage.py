"""How much of its hourly calls an app has used at an account, and the header that says so."""

import json
from collections import deque

from emulator.accounts import Account
from emulator.clock import Clock
from emulator.errors import GraphError
from emulator.knobs import Knobs

HEADER = "X-Business-Use-Case-Usage"
HOUR_SECONDS = 3600.0
ACTIVE_CALLS, IDLE_CALLS = 5000, 200


class Usage:
    """Management calls per app and account in the moving hour; sending is not counted."""

    def __init__(self, clock: Clock, knobs: Knobs) -> None:
        self._clock = clock
        self._knobs = knobs
        self._calls: dict[tuple[str, str], deque[float]] = {}

    def spend(self, app_id: str, account: Account) -> dict[str, str]:
        """Count one call and return the header for its answer.

        :raises GraphError: the hour's calls are used up; the error carries the header too.
        """
        moment = self._clock.elapsed()
        calls = self._calls.setdefault((app_id, account.account_id), deque())
        while calls and calls[0] <= moment - HOUR_SECONDS:
            calls.popleft()
        limit = self._limit(account)
        wait = 0 if len(calls) < limit else int((calls[0] + HOUR_SECONDS - moment) // 60) + 1
        if not wait:
            calls.append(moment)
        header = _header(account, 100 * len(calls) // limit, wait)
        if wait:
            error = GraphError(80007, f"{limit} calls in the last hour are the most")
            error.headers.update(header)
            raise error
        return header

    def _limit(self, account: Account) -> int:
        if self._knobs.management_calls_per_hour:
            return self._knobs.management_calls_per_hour
        return ACTIVE_CALLS if any(number.status == "CONNECTED" for number in account.numbers) else IDLE_CALLS


def _header(account: Account, percent: int, wait_minutes: int) -> dict[str, str]:
    usage = {"type": "whatsapp", "call_count": percent, "total_cputime": percent // 2, "total_time": percent // 2}
    return {HEADER: json.dumps({account.account_id: [{**usage, "estimated_time_to_regain_access": wait_minutes}]})}
