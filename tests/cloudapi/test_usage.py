"""What Meta's headers say about the calls that are left."""

import json

import pytest

from switchboard.cloudapi.usage import APP_HEADER, BUSINESS_HEADER, Usage, UsageBook, parse_usage, wait_seconds


def entry(percent: float, minutes: float = 0) -> dict[str, object]:
    shares = {"call_count": percent, "total_time": 1, "total_cputime": 2}
    return {"type": "whatsapp", **shares, "estimated_time_to_regain_access": minutes}


def test_the_largest_share_counts():
    headers = {BUSINESS_HEADER: json.dumps({"9": [{"call_count": 10, "total_time": 95, "total_cputime": 3}]})}
    assert parse_usage(headers) == (Usage("9", 95.0),)


def test_both_headers_are_read():
    headers = {BUSINESS_HEADER: json.dumps({"9": [entry(100, 7)]}), APP_HEADER: json.dumps({"call_count": 12})}
    assert parse_usage(headers) == (Usage("9", 100.0, 420.0), Usage("", 12.0))


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"9":7}', '{"9":[7]}', '{"9":[{"call_count":"many"}]}'])
def test_nonsense_asks_for_no_wait(text):
    assert all(wait_seconds(usage) == 0 for usage in parse_usage({BUSINESS_HEADER: text, APP_HEADER: text}))


@pytest.mark.parametrize(
    ("usage", "seconds"),
    [
        (Usage("9", 0.0), 0),
        (Usage("9", 90.0), 0),
        (Usage("9", 95.0), 30),
        (Usage("9", 100.0), 300),
        (Usage("9", 100.0, 1200.0), 1200),
        (Usage("9", 10.0, 60.0), 60),
    ],
)
def test_the_wait_is_metas_else_it_grows_towards_the_end(usage, seconds):
    assert wait_seconds(usage) == pytest.approx(seconds)


def test_a_number_waits_for_its_account_and_for_the_app_but_not_for_others():
    book = UsageBook()
    book.note("app", "number", [Usage("account", 100.0, 60.0)], now=1000.0)
    assert book.wait_for("app", "number", 1010.0) == 50.0
    assert book.wait_for("app", "account", 1010.0) == 50.0
    assert book.wait_for("app", "stranger", 1010.0) == 0.0
    assert book.wait_for("other app", "number", 1010.0) == 0.0
    book.note("app", "stranger", [Usage("", 100.0, 20.0)], now=1010.0)
    assert book.wait_for("app", "other", 1010.0) == 20.0
    assert book.wait_for("app", "number", 1061.0) == 0.0


def test_the_book_does_not_grow_for_ever():
    book = UsageBook()
    for number in range(25_000):
        book.note("app", str(number), [Usage("9", 1.0)], now=0.0)
    assert len(book._owners) <= 10_001
