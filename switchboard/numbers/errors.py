"""What can be wrong with portfolios, accounts and numbers."""

from switchboard.core.errors import Conflict, Invalid, NotFound, Unavailable


class NumberMissingError(NotFound):
    """There is no such number in this workspace."""


class AccountMissingError(NotFound):
    """There is no such WhatsApp Business account in this workspace."""


class AppMissingError(NotFound):
    """There is no such Meta app in this workspace."""


class SecretMissingError(Invalid):
    """Enter the app's secret: it proves that webhooks are Meta's."""


class PaceError(Invalid):
    """There is no such pace. Choose careful, standard or full."""


class PaceFigureError(Invalid):
    """A pace's own figures are whole numbers above zero; gaps are seconds from 0 to 3,600. Correct the figure."""


class WrongPriceError(Invalid):
    """A price is an amount from 0 to 100,000 for one message. Correct it, or leave it empty for the list price."""


class TokenMissingError(Invalid):
    """Enter the access token of the account's system user."""


class TakenError(Conflict):
    """Another workspace of this installation has connected it already. Disconnect it there first."""


class SyncRefusedError(Invalid):
    """Meta refused to show the account. Check its id and its access token."""


class SyncFailedError(Unavailable):
    """Meta did not answer. Try again in a minute."""


class PinError(Invalid):
    """The PIN has six digits. If the number has two-step verification already, it is that PIN; otherwise choose one."""


class WebhookAddressError(Invalid):
    """Meta calls only addresses that begin with https:// and have at most 200 characters. Correct the address."""
