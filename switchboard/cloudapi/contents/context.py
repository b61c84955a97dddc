"""What stands beside a message: what it quotes, where it came from, what went wrong."""

from typing import Any

import msgspec

from switchboard.cloudapi.values import Json, as_code, as_flag, as_object, as_text, list_objects


class Problem(msgspec.Struct, frozen=True):
    """One of Meta's errors inside a webhook."""

    code: int | None
    title: str
    message: str
    details: str
    href: str = ""


class Context(msgspec.Struct, frozen=True):
    """What a message quotes, or that it was passed on."""

    id: str = ""
    sender: str = ""
    is_forwarded: bool = False
    is_forwarded_often: bool = False
    catalog_id: str = ""
    product_retailer_id: str = ""


class Referral(msgspec.Struct, frozen=True):
    """The advertisement or post through which somebody came."""

    source_type: str
    source_id: str
    source_url: str
    headline: str = ""
    body: str = ""
    media_type: str = ""
    media_url: str = ""
    click_id: str = ""


def parse_problems(value: Any) -> tuple[Problem, ...]:
    """Return Meta's errors of a message, a status or a whole change."""
    return tuple(_parse_problem(problem) for problem in list_objects(value))


def _parse_problem(problem: Json) -> Problem:
    data = problem.get("error_data")
    return Problem(
        code=as_code(problem.get("code")),
        title=as_text(problem.get("title")),
        message=as_text(problem.get("message")),
        # Sometimes a plain text.
        details=as_text(as_object(data).get("details")) or as_text(data),
        href=as_text(problem.get("href")),
    )


def parse_context(raw: Json) -> Context:
    """Return what a message quotes."""
    context = as_object(raw.get("context"))
    product = as_object(context.get("referred_product"))
    return Context(
        id=as_text(context.get("id")),
        sender=as_text(context.get("from")),
        is_forwarded=as_flag(context.get("forwarded")) or as_flag(context.get("frequently_forwarded")),
        is_forwarded_often=as_flag(context.get("frequently_forwarded")),
        catalog_id=as_text(product.get("catalog_id")),
        product_retailer_id=as_text(product.get("product_retailer_id")),
    )


def parse_referral(raw: Json) -> Referral | None:
    """Return the advertisement that a message came through, or None."""
    referral = as_object(raw.get("referral"))
    if not referral:
        return None
    media = next((url for key in ("image_url", "video_url") if (url := as_text(referral.get(key)))), "")
    return Referral(
        source_type=as_text(referral.get("source_type")),
        source_id=as_text(referral.get("source_id")),
        source_url=as_text(referral.get("source_url")),
        headline=as_text(referral.get("headline")),
        body=as_text(referral.get("body")),
        media_type=as_text(referral.get("media_type")),
        media_url=media,
        click_id=as_text(referral.get("ctwa_clid")),
    )
