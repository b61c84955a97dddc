"""Apps, portfolios, accounts and phone numbers, and who may use them."""

import time
from dataclasses import dataclass, field
from typing import Any

from emulator.limits import TIERS, Reach, Throughput
from emulator.templates import Template, TemplateShelf


@dataclass(slots=True)
class App:
    app_id: str
    secret: str
    callback_url: str
    verify_token: str
    # Calls must prove that they know the secret.
    requires_proof: bool = False
    # The fields it listens to, None for all; and the API version it subscribed them with.
    fields: frozenset[str] | None = None
    webhook_version: int = 26

    def wants(self, field_name: str) -> bool:
        return self.fields is None or field_name in self.fields


@dataclass(slots=True)
class Override:
    """A callback that replaces the app's own for message webhooks."""

    callback_url: str
    verify_token: str


@dataclass(slots=True)
class Portfolio:
    portfolio_id: str
    messaging_limit: str
    reach: Reach
    # Linked portfolios share a parent, and with it a second, wider user id per person.
    parent_id: str = ""
    is_verified: bool = True
    # A raise of the limit is on its way.
    is_scaling: bool = False

    @property
    def number_limit(self) -> int:
        return 20 if self.is_verified else 2


@dataclass(slots=True)
class Account:
    account_id: str
    name: str
    portfolio: Portfolio
    numbers: list["Number"] = field(default_factory=list)
    templates: TemplateShelf = field(default_factory=TemplateShelf)
    app_ids: set[str] = field(default_factory=set)
    subscriptions: dict[str, Override | None] = field(default_factory=dict)
    # Kind of restriction -> when it ends.
    restrictions: dict[str, float] = field(default_factory=dict)
    is_banned: bool = False
    is_locked: bool = False
    has_payment_problem: bool = False
    review_status: str = "APPROVED"

    @property
    def template_limit(self) -> int:
        return 6000 if self.portfolio.is_verified else 250


@dataclass(slots=True)
class Number:
    index: int
    number_id: str
    display_phone_number: str
    verified_name: str
    account: Account
    throughput: Throughput
    status: str = "CONNECTED"
    quality_rating: str = "GREEN"
    pin: str = ""
    override: Override | None = None
    verification: str = "VERIFIED"
    name_status: str = "APPROVED"
    code: str = ""
    code_requests: list[float] = field(default_factory=list)
    registrations: list[float] = field(default_factory=list)
    pin_failures: int = 0
    pin_locked_until: float = 0.0
    maintenance_until: float = 0.0
    is_spamming: bool = False
    profile: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    # People this number has blocked, in the order they were.
    blocked: dict[int, None] = field(default_factory=dict)
    # A test number writes to these phones only.
    allowed_recipients: frozenset[str] | None = None
    # Person index -> moment of their last message to this number: the 24-hour window.
    windows: dict[int, float] = field(default_factory=dict)
    # Person index -> (when they came through an ad, until when everything is free).
    free_entries: dict[int, tuple[float, float]] = field(default_factory=dict)
    service_month: str = ""
    service_delivered: int = 0

    @property
    def digits(self) -> str:
        return "".join(filter(str.isdigit, self.display_phone_number))

    @property
    def checks_identity(self) -> bool:
        return bool(self.settings and self.settings.get("user_identity_change", {}).get("enable_identity_key_check"))

    def count_service(self, now: float) -> int:
        """Count one delivered service message and return how many it makes in this calendar month."""
        self.service_delivered = self.service_so_far(now) + 1
        return self.service_delivered

    def service_so_far(self, now: float) -> int:
        """Return the service messages delivered in the calendar month; a new month begins with none."""
        month = time.strftime("%Y-%m", time.gmtime(now))
        if month != self.service_month:
            self.service_month, self.service_delivered = month, 0
        return self.service_delivered

    def node(self) -> dict[str, Any]:
        """Return the number as its Graph node, all fields."""
        return {
            "id": self.number_id,
            "display_phone_number": self.display_phone_number,
            "verified_name": self.verified_name,
            "status": self.status,
            "quality_rating": self.quality_rating,
            "whatsapp_business_manager_messaging_limit": self.account.portfolio.messaging_limit,
            "throughput": {"level": "HIGH" if self.throughput.per_second > 80 else "STANDARD"},
            "code_verification_status": self.verification,
            "name_status": self.name_status,
            "account_mode": "LIVE" if self.allowed_recipients is None else "SANDBOX",
            "platform_type": "CLOUD_API",
            "is_official_business_account": False,
            "is_pin_enabled": bool(self.pin),
            "is_on_biz_app": False,
            "webhook_configuration": self._webhook_configuration(),
        }

    def _webhook_configuration(self) -> dict[str, str]:
        configuration = {"phone_number": self.override.callback_url} if self.override else {}
        for override in self.account.subscriptions.values():
            if override:
                configuration["whatsapp_business_account"] = override.callback_url
        return configuration


@dataclass(slots=True, frozen=True)
class Grant:
    """What one token may do: the accounts of its app, or only the named ones."""

    app_id: str
    account_ids: frozenset[str] | None = None
    permissions: frozenset[str] | None = None

    def allows(self, permission: str) -> bool:
        return self.permissions is None or permission in self.permissions

    def covers(self, account: Account) -> bool:
        if self.account_ids is not None:
            return account.account_id in self.account_ids
        return self.app_id in account.app_ids


class Directory:
    """All objects by the id that a caller names them with."""

    def __init__(self) -> None:
        self.apps: dict[str, App] = {}
        self.grants: dict[str, Grant] = {}
        self.portfolios: dict[str, Portfolio] = {}
        self.accounts: dict[str, Account] = {}
        self.numbers: dict[str, Number] = {}
        self.number_list: list[Number] = []

    def find_app_grant(self, token: str) -> Grant | None:
        """Return what an app token (`id|secret`) may do."""
        app_id, _, secret = token.partition("|")
        app = self.apps.get(app_id)
        return Grant(app_id) if app and secret and app.secret == secret else None

    def find_template(self, template_id: str) -> tuple[Account, Template] | None:
        for account in self.accounts.values():
            if template := account.templates.by_id.get(template_id):
                return account, template
        return None

    def forget_people(self) -> None:
        """Close every window and start all counts again."""
        for number in self.number_list:
            number.windows.clear()
            number.blocked.clear()
            number.free_entries.clear()
            number.service_delivered = 0
        for portfolio in self.portfolios.values():
            portfolio.reach = Reach(portfolio.reach.limit)

    def portfolio(self, portfolio_id: str, messaging_limit: str = "") -> Portfolio:
        """Return the portfolio, made on first mention; a limit given later replaces the first."""
        portfolio = self.portfolios.get(portfolio_id)
        if portfolio is None:
            portfolio = Portfolio(portfolio_id, "TIER_UNLIMITED", Reach(None))
            self.portfolios[portfolio_id] = portfolio
        if messaging_limit:
            portfolio.messaging_limit = messaging_limit
            portfolio.reach.limit = TIERS.get(messaging_limit)
        return portfolio
