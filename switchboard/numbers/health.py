"""Whether numbers and accounts work: what `doctor` and the Health page say of them."""

from collections.abc import Iterable, Iterator

from switchboard.core.health import Finding


def judge_numbers(stopped: Iterable[tuple[str, str, str]], broken: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Tell which numbers are stopped (name, code, detail) and which accounts do not work (name, reason)."""
    has_stopped = False
    for name, code, detail in stopped:
        has_stopped = True
        values = {"number": name, "code": code, "detail": detail}
        message = "%(number)s is stopped (%(code)s): %(detail)s"
        yield Finding("number", "amber", message, "Mend the cause, then press Resume on the page Numbers.", values)
    for name, reason in broken:
        advice = "Connect the account again with a working token."
        yield Finding("account", "red", "%(account)s: %(reason)s", advice, {"account": name, "reason": reason})
    if not has_stopped:
        yield Finding("numbers", "green", "No number is stopped.")
