"""One table: Meta's error code, what it means for the sender, whose fault it is, and what to tell the person.

Decide on the code, never on the HTTP status or the title: Meta changes those.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum

from switchboard.cloudapi.results import Held, NotWritten, TooLarge, Unknown


class Action(StrEnum):
    """What follows from an error."""

    RETRY = "retry"
    SLOW_NUMBER = "slow_number"
    STOP_NUMBER = "stop_number"
    STOP_TEMPLATE = "stop_template"
    STOP_ACCOUNT = "stop_account"
    UNREACHABLE = "unreachable"
    OPT_OUT = "opt_out"
    FINAL = "final"


class Fault(StrEnum):
    """Who can mend it."""

    META = "meta"
    SETUP = "setup"
    CONTENT = "content"
    CONTACT = "contact"
    PACE = "pace"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one error code means. `delays` are the waits before each further attempt; the last one repeats."""

    action: Action
    fault: Fault
    sentence: str
    delays: tuple[float, ...] = ()
    # Attempts after which it is given up; 0 means never: Meta asked for patience, not for an end.
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class CloudError:
    """A refusal by Meta."""

    code: int
    subcode: int
    message: str
    details: str
    http_status: int
    # How long Meta asks to wait, where its headers say so.
    retry_after_seconds: float = field(default=0.0, compare=False)

    @property
    def outcome(self) -> Outcome:
        """What follows from it."""
        return outcome_of(self.code, self.http_status)


Failure = CloudError | NotWritten | Unknown


def _retry(sentence: str, *delays: float, attempts: int = 0) -> Outcome:
    return Outcome(Action.RETRY, Fault.META, sentence, delays, attempts)


def _slow(sentence: str, *delays: float) -> Outcome:
    return Outcome(Action.SLOW_NUMBER, Fault.PACE, sentence, delays)


def _number(sentence: str, fault: Fault = Fault.SETUP) -> Outcome:
    return Outcome(Action.STOP_NUMBER, fault, sentence)


def _account(sentence: str, fault: Fault = Fault.SETUP) -> Outcome:
    return Outcome(Action.STOP_ACCOUNT, fault, sentence)


def _template(sentence: str) -> Outcome:
    return Outcome(Action.STOP_TEMPLATE, Fault.CONTENT, sentence, (900.0,), 8)


def _final(sentence: str, fault: Fault = Fault.CONTENT) -> Outcome:
    return Outcome(Action.FINAL, fault, sentence)


def _contact(sentence: str) -> Outcome:
    return Outcome(Action.FINAL, Fault.CONTACT, sentence)


_TOKEN = (
    "Meta no longer accepts the access token. Create a new one in Meta Business Suite and enter it for the account."  # noqa: S105
)
_ACCESS = "The access token may not use this number. Give its system user access to the account and the permission whatsapp_business_messaging."
_GROUP = "Meta refused a message to a group. Groups are not supported here; write to people one by one."
_CALLING = "This concerns WhatsApp calling, which Switchboard does not use. Check the message's type."
_MARKETING_API = (
    "This template can be sent only through Meta's Marketing Messages API. Use a template without its extras."
)

_FLOWS = "Meta did not take the change of the flow. Mend the flow in WhatsApp Manager."
_USERNAME = "Meta did not take the user name. Choose another one, or wait until this one is free."
_INSIGHTS = "Statistics of templates are not switched on for the account. Switch them on in WhatsApp Manager."
_MOVING = "The number is being moved between accounts, or cannot be. Look in WhatsApp Manager for what is missing."

OUTCOMES: dict[int, Outcome] = {
    0: _account(_TOKEN),
    1: _final("Meta did not understand the request. Report it with the message's number if it happens again."),
    2: _retry("Meta's service was down for a moment; the message is sent again by itself.", 30, 60, 120, 300, 600),
    3: _number("The app lacks a capability for this call. Check the app's permissions in the Meta dashboard."),
    4: _slow("The app's limit of calls is reached; sending goes on more slowly.", 10, 60, 300),
    10: _number(_ACCESS),
    33: _number("Meta does not know this number any more. Check in WhatsApp Manager that it still exists."),
    100: _final("A part of the message is not valid for Meta. Check the template's variables, links and files."),
    102: _account(_TOKEN),
    104: _account(_TOKEN),
    190: _account(_TOKEN),
    368: _account("Meta has blocked the account for a while because of its policies. Look in WhatsApp Manager.", Fault.SETUP),
    613: _slow("A limit of calls is reached; sending goes on more slowly.", 60, 300),
    80007: _slow("The account's limit of calls is reached; sending goes on more slowly.", 60, 300, 900, 3600),
    130403: _contact("You have blocked this person. Unblock them in WhatsApp Manager to write to them."),
    130429: _slow("The number sent faster than Meta allows; sending goes on more slowly.", 1, 2, 4, 5),
    130472: _contact("Meta left this person out of marketing for an experiment. Nothing is wrong; do not send it again."),
    130497: _contact("Your business may not write to this country. Leave its people out of the audience."),
    131000: _retry("Meta had an unknown problem; the message is tried three more times.", 10, 60, 600, attempts=4),
    131005: _number(_ACCESS),
    131008: _final("The message lacks a required part. Check the template's variables."),
    131009: _final("A value in the message is not valid. Check the template's variables, links and files."),
    131014: _final("Meta could not fetch the file behind a link. Upload the file instead."),
    131016: _retry("Meta's service was overloaded; the message is sent again by itself.", 10, 30, 60, 300, 600),
    131020: _final(_GROUP),
    131021: _contact("A number cannot write to itself. Remove your own number from the audience."),
    131026: Outcome(
        Action.UNREACHABLE,
        Fault.CONTACT,
        "It could not be delivered: not on WhatsApp, an old app, or the person blocked you. Leave it; try another channel.",
    ),
    131030: _final("A test number may write only to people on its list. Add them in the Meta dashboard.", Fault.SETUP),
    131031: _account("Meta has locked the account. Look in WhatsApp Manager for the reason and appeal there."),
    131037: _number("Meta has not approved the number's display name yet. Wait for it, or ask for another name."),
    131041: _final(_GROUP),
    131042: _account("Meta cannot charge the account. Mend the payment method in Meta Business Suite."),
    131044: _account("Meta cannot charge the account. Mend the payment method in Meta Business Suite."),
    131045: _number("The number's registration at Meta is broken. Register the number again."),
    131047: _contact("More than 24 hours have passed since the person last wrote. Send a template instead."),
    131048: _number("Meta slowed this number because people blocked or reported it. Wait, and review what was sent."),
    131049: _contact("Meta held it back: this person gets enough marketing already. Wait at least a day before another one."),
    131050: Outcome(
        Action.OPT_OUT, Fault.CONTACT, "The person stopped marketing messages from you. Nothing more is sent to them."
    ),
    131051: _final("Meta does not support this type of message. Choose another one."),
    131052: _final("A file could not be downloaded. Ask for it again."),
    131053: _final("Meta could not take the file: wrong type, too large or not reachable. Upload another one."),
    131055: _final(_MARKETING_API),
    131056: _retry("Too many messages to this person in a short time; it is sent again by itself.", 6, 16, 64, 256),
    131057: _slow("Meta is upgrading the number; sending goes on in a few minutes.", 60, 120, 300),
    131059: _final(_GROUP),
    131060: _final("Meta cannot show this message. Look at it in the WhatsApp Business app.", Fault.META),
    131061: _final(_MARKETING_API),
    131062: _contact("This person is known only by a user id, which this template cannot reach. Ask for the phone number."),
    131063: _account("Marketing through the Cloud API is switched off for this account. Switch it on in WhatsApp Manager."),
    131064: _account("Meta limited the account because templates were in the wrong category. Correct them first."),
    131065: _final(_MARKETING_API),
    132000: _final("The number of variables differs from the template's. Synchronise the templates and check the broadcast."),
    132001: _template("Meta does not know this template in this language, or has not approved it. Synchronise the templates."),
    132005: _final("The text is too long with its variables filled in. Shorten the values."),
    132007: _template("Meta found that the template breaks its content policy. Change the template."),
    132008: _final("A variable's value is not valid. Check for line breaks, tabs and long runs of spaces."),
    132012: _final("A variable is of the wrong kind. Check the header's file and the variables."),
    132015: _template("Meta paused the template because of its quality. Wait until it is approved again, or use another one."),
    132016: _template("Meta disabled the template because of its quality. Use another one."),
    132018: _final("The variables do not fit the template. Check them in the broadcast."),
    132068: _template("The template's flow is blocked. Mend the flow in WhatsApp Manager."),
    132069: _template("Meta throttles the template's flow. Mend the flow in WhatsApp Manager."),
    133000: _number("The number's last registration did not finish. Deregister it and register it again."),
    133004: _retry("Meta's service was down for a moment; the message is sent again by itself.", 30, 60, 120, 300, 600),
    133005: _number("The number's PIN is wrong. Enter the right one and register the number again."),
    133006: _number("The number must be verified. Verify it in WhatsApp Manager."),
    133008: _number("The PIN was wrong too often. Wait as long as Meta says and try again."),
    133009: _number("The PIN was entered too fast. Wait a minute and try again."),
    133010: _number("The number is not registered for the Cloud API. Register it."),
    133015: _number("The number was deleted a moment ago. Wait five minutes and register it again."),
    133016: _number("The number was registered too often. Wait 72 hours."),
    134011: _account("Meta's payment terms are not accepted. Accept them in Meta Business Suite."),
    134100: _final(_MARKETING_API),
    134101: _retry("Meta is still preparing the template; it is sent again by itself.", 600, attempts=6),
    134102: _final(_MARKETING_API),
    135000: _final("Meta refused the message without a reason. Check its content.", Fault.META),
    136024: _final("The number is verified already. Nothing is to be done.", Fault.SETUP),
    136025: _final("The code could not be checked. Ask for a new one and enter it again.", Fault.SETUP),
    137000: _contact("The person's identity changed. Ask them to write to you before you send more."),
    139100: _contact("Not everybody could be blocked or let in again. Meta's answer names who and why."),
    139101: _final("The number's block list is full. Let somebody in again first.", Fault.SETUP),
    139102: _retry("Somebody else changes the block list right now; it is tried again by itself.", 2, 10, 60, attempts=4),
    139103: _retry("Meta could not change the block list; it is tried again by itself.", 10, 60, 600, attempts=4),
    141002: _final("Something in the account keeps it from sending. Look at its health in WhatsApp Manager.", Fault.SETUP),
    141010: _final("The business is not verified yet, which limits what it can send. Verify it at Meta.", Fault.SETUP),
    200002: _final("Meta did not take the template. Its answer is shown beside it; correct what it names."),
    1752041: _final("The account is onboarded already. Nothing is to be done.", Fault.SETUP),
    2388019: _final("The account has as many templates as Meta allows. Delete some.", Fault.SETUP),
    2388039: _final("The template's text is not written as Meta wants it. Check brackets and variables."),
    2388040: _final("A text of the template is too long. Shorten it."),
    2388047: _final("The template's header is not as Meta wants it. Check its text, file and variables."),
    2388072: _final("The template's body is not as Meta wants it. Check its text and variables."),
    2388073: _final("The template's footer is not as Meta wants it. Take variables and emoji out."),
    2388293: _final("The template has too many variables for so few words. Write more text, or use fewer variables."),
    2388299: _final("The template begins or ends with a variable. Put words before and after it."),
    2593107: _final("The phone app's history was asked for too often. Connect the number again.", Fault.SETUP),
    2593108: _final("The phone app's history can be asked for within 24 hours only. Connect the number again.", Fault.SETUP),
    2593109: _final("The history of the phone app is not shared. Share it when connecting the number again.", Fault.SETUP),
} | {code: _final(_FLOWS, Fault.SETUP) for code in range(139000, 139005)} | {
    code: _final(_USERNAME, Fault.SETUP) for code in range(147001, 147006)
} | {code: _final(_INSIGHTS, Fault.SETUP) for code in range(200005, 200008)} | {
    code: _final(_MOVING, Fault.SETUP)
    for code in (2388001, 2388012, 2388091, 2388093, 2388103, 2494100, 2593079, 2593085)
} | {code: _final(_GROUP) for code in range(131201, 131216)} | {
    code: _final(_CALLING) for code in (*range(138000, 138025), 138038)
} | {code: _number(_ACCESS) for code in range(200, 300)}  # fmt: skip

_THROTTLED = _slow("Meta asked to send more slowly; it is sent again by itself.", 5, 30, 60, 300)
# An error that Meta has invented since: mostly one of its limits, so patience first, but not for ever.
_STRANGE = Outcome(
    Action.SLOW_NUMBER,
    Fault.META,
    "Meta refused the message with an error that is new here; it was tried again. Its answer is shown beside it.",
    (30.0, 120.0, 600.0),
    4,
)
_BROKEN = _retry("Meta's service had a problem; the message is sent again by itself.", 30, 120, 600, attempts=4)
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


def outcome_of(code: int, http_status: int = 400) -> Outcome:
    """Return what an error code means; HTTP 429 and an unknown code ask for patience, whatever else they say."""
    outcome = OUTCOMES.get(code)
    if http_status == _TOO_MANY_REQUESTS and (outcome is None or outcome.action is Action.FINAL):
        return _THROTTLED
    if outcome is None:
        return _BROKEN if http_status >= _SERVER_ERROR else _STRANGE
    return outcome


def delay_after(outcome: Outcome, attempt: int) -> float | None:
    """Return the seconds to wait after this attempt, or None when there is to be no other."""
    if not outcome.delays or (outcome.attempts and attempt >= outcome.attempts):
        return None
    return outcome.delays[min(attempt, len(outcome.delays)) - 1]


def wait_after(error: CloudError, attempt: int) -> float | None:
    """Return the seconds to wait after a refusal: the table's, or longer where Meta's headers ask for it."""
    delay = delay_after(error.outcome, attempt)
    return None if delay is None else max(delay, error.retry_after_seconds)


def describe(failure: Failure | TooLarge) -> str:
    """Return one sentence for a person."""
    if isinstance(failure, TooLarge):
        return f"The file has more than {failure.most_bytes:,} bytes and was not kept. Ask for a smaller one."
    if isinstance(failure, Held):
        return f"The account's calls are nearly used up. Try again in {math.ceil(failure.seconds / 60)} min."
    if isinstance(failure, NotWritten):
        return f"The Cloud API cannot be reached ({failure.reason}). Check the network and SWITCHBOARD_CLOUD_API_URL."
    if isinstance(failure, Unknown):
        return f"The Cloud API did not answer properly ({failure.reason}). Try again in a minute."
    return f"{failure.outcome.sentence} (Meta's error {failure.code})"
