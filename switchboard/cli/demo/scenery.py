"""The sample workspace as Meta would know it: portfolios, accounts, numbers, templates. Plain data."""

import secrets
from dataclasses import dataclass, field
from typing import Any

WORKSPACE_NAME = "Olive's Market"
WORKSPACE_ZONE = "Asia/Tokyo"
WORKSPACE_COUNTRY = "JP"
OFFER = "autumn_offer"
_NUMBERS_PER_ACCOUNT = 25
STOP_TEXTS = ("配信停止", "退订", "STOP", "停止してください", "取消订阅", "unsubscribe")
# Words for people whose name we do not know, by template language.
UNKNOWN_NAME = {"ja": "お客様", "zh_CN": "朋友", "en": "friend"}
UNKNOWN_TOWN = {"ja": "お住まいの街", "zh_CN": "您所在的城市", "en": "your town"}
# What the column with a person's town may be called in a file.
TOWN_KEYS = {"市", "town", "city", "都市", "城市", "市区町村"}


@dataclass(frozen=True, slots=True)
class Scenery:
    """What the emulator is told, and with which secrets the product connects to it."""

    app_id: str
    token: str
    app_secret: str
    verify_token: str
    portfolios: list[dict[str, Any]]
    accounts: list[dict[str, Any]] = field(default_factory=list)

    def build_setup(self, callback_url: str) -> dict[str, Any]:
        """Return the body of the emulator's POST /_emulator/setup."""
        app = {
            "app_id": self.app_id,
            "secret": self.app_secret,
            "callback_url": callback_url,
            "verify_token": self.verify_token,
            "token": self.token,
        }
        portfolios = [{"id": one["id"], "messaging_limit": one["messaging_limit"]} for one in self.portfolios]
        return {"apps": [app], "portfolios": portfolios, "accounts": self.accounts}


def build_scenery(number_count: int, run: int) -> Scenery:
    """Return a shop with so many numbers, over two portfolios and accounts of at most 25 numbers.

    Every run has ids of its own, as Meta would: runs share a database.
    """
    portfolios = [
        {"id": f"51{run:010d}001", "name": "Olive Japan", "messaging_limit": "TIER_UNLIMITED"},
        {"id": f"51{run:010d}002", "name": "Olive Global", "messaging_limit": "TIER_UNLIMITED"},
    ]
    accounts = []
    for start in range(0, number_count, _NUMBERS_PER_ACCOUNT):
        index = start // _NUMBERS_PER_ACCOUNT
        size = min(_NUMBERS_PER_ACCOUNT, number_count - start)
        accounts.append(
            _build_account(run, index, range(start, start + size), portfolios[index % len(portfolios)]["id"])
        )
    return Scenery(
        app_id=f"88{run:010d}001",
        token=f"EAAG{secrets.token_hex(24)}",
        app_secret=secrets.token_hex(16),
        verify_token=secrets.token_urlsafe(16),
        portfolios=portfolios,
        accounts=accounts,
    )


def _build_account(run: int, index: int, numbers: range, portfolio_id: str) -> dict[str, Any]:
    return {
        "id": f"61{run:010d}{index + 1:03d}",
        "portfolio_id": portfolio_id,
        "name": f"Olive's Market {index + 1}",
        "numbers": [_build_number(run, number) for number in numbers],
        "templates": build_templates(),
    }


def _build_number(run: int, index: int) -> dict[str, Any]:
    return {
        "id": f"71{run:010d}{index + 1:03d}",
        "display_phone_number": f"+81 50-{3100 + index // 100:04d}-{1000 + index:04d}",
        "verified_name": "Olive's Market",
        "throughput_per_second": 80,
    }


def build_templates() -> list[dict[str, Any]]:
    """Return the templates of every account, in Meta's form."""
    return [
        _offer("ja", *_JAPANESE),
        _offer("zh_CN", *_CHINESE),
        _offer("en", *_ENGLISH),
        _order_update(),
        _rejected(),
    ]


_JAPANESE = (
    "{{1}}様、秋のオリーブ祭が始まりました。{{2}}へのお届けは今週末まで送料無料です。ぜひご覧ください。",
    "配信停止は「配信停止」と返信",
    "配信停止",
    [["田中", "京都市"]],
)
_CHINESE = (
    "{{1}}您好,秋季橄榄节已经开始。本周末前寄往{{2}}的订单全部免运费,欢迎选购。",
    "回复“退订”即可停止接收",
    "退订",
    [["王芳", "上海"]],
)
_ENGLISH = (
    "Hello {{1}}, our autumn olive festival has begun. Delivery to {{2}} is free until the end of this weekend.",
    "Reply STOP to opt out",
    "Stop",
    [["Emma", "Bristol"]],
)


def _offer(language: str, body: str, footer: str, stop: str, example: list[list[str]]) -> dict[str, Any]:
    return {
        "name": OFFER,
        "language": language,
        "category": "MARKETING",
        "status": "APPROVED",
        "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::sample"]}},
            {"type": "BODY", "text": body, "example": {"body_text": example}},
            {"type": "FOOTER", "text": footer},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": stop}]},
        ],
    }


def _order_update() -> dict[str, Any]:
    return {
        "name": "order_update",
        "language": "en",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [
            {
                "type": "BODY",
                "text": "Hello {{1}}, your order {{2}} has left our warehouse and will arrive soon.",
                "example": {"body_text": [["Emma", "A-1042"]]},
            }
        ],
    }


def _rejected() -> dict[str, Any]:
    return {
        "name": "winter_preview",
        "language": "en",
        "category": "MARKETING",
        "status": "REJECTED",
        "rejected_reason": "TAG_CONTENT_MISMATCH",
        "components": [{"type": "BODY", "text": "A first look at our winter range is waiting for you."}],
    }
