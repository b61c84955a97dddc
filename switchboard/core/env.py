"""Typed readers for environment settings; a bad value stops start-up and names the variable."""

import os
from pathlib import Path


class SettingError(Exception):
    """A setting has a value that cannot be used."""


def read_text(name: str, default: str = "") -> str:
    """Return the variable's text, or what is in the file that `<name>_FILE` names.

    :raises SettingError: the file cannot be read.
    """
    path = os.environ.get(f"{name}_FILE")
    if path and name not in os.environ:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            message = f"{name}_FILE names {path}, which cannot be read ({error.strerror}). Correct the path or its permissions."
            raise SettingError(message) from error
    return os.environ.get(name, default).strip()


def read_whole(name: str, default: int, *, lowest: int = 0, highest: int = 2**31) -> int:
    """Return the variable as a whole number within its bounds.

    :raises SettingError: not a whole number, or out of bounds.
    """
    text = read_text(name)
    if not text:
        return default
    try:
        value = int(text)
    except ValueError as error:
        raise SettingError(
            f"{name} is {text!r}, not a whole number. Set it to one from {lowest} to {highest}."
        ) from error
    if not lowest <= value <= highest:
        raise SettingError(f"{name} is {value}. Set it to a whole number from {lowest} to {highest}.")
    return value


def read_number(name: str, default: float) -> float:
    """Return the variable as a number.

    :raises SettingError: not a number.
    """
    text = read_text(name)
    if not text:
        return default
    try:
        return float(text)
    except ValueError as error:
        raise SettingError(f"{name} is {text!r}, not a number. Set it to a number such as 0 or 3600.") from error


def read_flag(name: str, *, default: bool) -> bool:
    """Return the variable as yes or no.

    :raises SettingError: neither.
    """
    text = read_text(name).lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise SettingError(f"{name} is {text!r}. Set it to yes or no.")
