"""How a phone number becomes able to send: the code, the PIN, registering; and how often one may try."""

import secrets

from emulator.accounts import Account, Directory, Number
from emulator.clock import Clock
from emulator.errors import GraphError
from emulator.limits import Throughput
from emulator.standing import ADDING_NUMBERS, Standing

REGISTRATIONS_MOST, REGISTRATIONS_SECONDS = 10, 72 * 3600.0
CODE_SECONDS, CODES_MOST = 600.0, 5
PIN_FAILURES_MOST, PIN_LOCK_SECONDS = 5, 3600.0
NUMBERS_PER_ACCOUNT = 25
STANDARD_PER_SECOND = 80


class Registration:
    def __init__(self, *, clock: Clock, directory: Directory, standing: Standing) -> None:
        self._clock = clock
        self._directory = directory
        self._standing = standing

    def add(self, account: Account, digits: str, name: str) -> Number:
        """Add a number that still has to be verified and registered.

        :raises GraphError: it is known already, or the account or portfolio has as many as it may.
        """
        if self._standing.is_restricted(account, ADDING_NUMBERS):
            raise GraphError(368, "The account may not add phone numbers now")
        if any(number.digits == digits for number in self._directory.number_list):
            raise GraphError(100, "The phone number is already in use", subcode=2388012)
        in_portfolio = sum(n.account.portfolio is account.portfolio for n in self._directory.number_list)
        if in_portfolio >= account.portfolio.number_limit or len(account.numbers) >= NUMBERS_PER_ACCOUNT:
            raise GraphError(100, "The portfolio or the account has as many phone numbers as it may", subcode=2388103)
        index = len(self._directory.number_list)
        number_id = str(10**15 + secrets.randbelow(10**14))
        number = Number(index, number_id, f"+{digits}", name, account, Throughput(STANDARD_PER_SECOND))
        number.status, number.verification = "PENDING", "NOT_VERIFIED"
        self._directory.numbers[number_id] = number
        self._directory.number_list.append(number)
        account.numbers.append(number)
        return number

    def request_code(self, number: Number, method: str, language: str) -> None:
        """Send a code to the number; GET /_emulator/numbers shows it.

        :raises GraphError: the number is verified already, or asked too often.
        """
        if method not in {"SMS", "VOICE"} or not language:
            raise GraphError(100, "code_method must be SMS or VOICE, and language is required")
        if number.verification == "VERIFIED":
            raise GraphError(136024, "The phone number is already verified")
        moment = self._clock.elapsed()
        number.code_requests = [asked for asked in number.code_requests if moment - asked < CODE_SECONDS]
        if len(number.code_requests) >= CODES_MOST:
            raise GraphError(136024, "Too many codes were requested: wait ten minutes")
        number.code_requests.append(moment)
        number.code = f"{secrets.randbelow(10**6):06}"

    def verify_code(self, number: Number, code: str) -> None:
        """Take the code of the SMS or call.

        :raises GraphError: it is wrong or older than ten minutes.
        """
        is_fresh = number.code_requests and self._clock.elapsed() - number.code_requests[-1] < CODE_SECONDS
        if not number.code or code.replace("-", "") != number.code or not is_fresh:
            raise GraphError(136025, "The code is not correct or has expired")
        number.code, number.verification = "", "VERIFIED"

    def register(self, number: Number, pin: str) -> None:
        """Connect a verified number with its PIN; the first PIN becomes the number's.

        :raises GraphError: not verified, tried too often, or the PIN is wrong.
        """
        check_pin(pin)
        if number.verification != "VERIFIED":
            raise GraphError(133006, "The phone number has to be verified before it is registered")
        self._count_try(number)
        moment = self._clock.elapsed()
        if number.pin_locked_until > moment:
            raise GraphError(133008, "Too many wrong PINs: wait an hour")
        if number.pin and pin != number.pin:
            number.pin_failures += 1
            if number.pin_failures >= PIN_FAILURES_MOST:
                number.pin_failures, number.pin_locked_until = 0, moment + PIN_LOCK_SECONDS
            raise GraphError(133005)
        number.pin, number.pin_failures, number.status = pin, 0, "CONNECTED"

    def deregister(self, number: Number) -> None:
        """Disconnect a number.

        :raises GraphError: it was registered and deregistered too often, or is not registered.
        """
        if number.status != "CONNECTED":
            raise GraphError(133010, f"Phone number {number.number_id} has status {number.status}")
        self._count_try(number)
        number.status = "DISCONNECTED"

    def set_pin(self, number: Number, pin: str) -> None:
        check_pin(pin)
        number.pin = pin
        self._standing.tell_security(number, "PIN_CHANGED")

    def _count_try(self, number: Number) -> None:
        moment = self._clock.elapsed()
        number.registrations = [tried for tried in number.registrations if moment - tried < REGISTRATIONS_SECONDS]
        if len(number.registrations) >= REGISTRATIONS_MOST:
            raise GraphError(133016, f"{REGISTRATIONS_MOST} registrations and deregistrations in 72 hours are the most")
        number.registrations.append(moment)


def check_pin(pin: str) -> None:
    if len(pin) != 6 or not pin.isdecimal():
        raise GraphError(100, message="(#100) Param pin must be 6 digits.")
