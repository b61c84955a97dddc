"""A notice to open pages survives its way through NOTIFY."""

from switchboard.core import live


def test_a_notice_comes_back_as_it_was_sent():
    assert live.parse_payload(live.render_payload(7, ["broadcast:2", "overview", "overview"])) == (
        7,
        ["broadcast:2", "overview"],
    )


def test_a_notice_fits_into_one_notify():
    assert len(live.render_payload(7, [f"broadcast:{10**12 + n}" for n in range(100_000)])) < 8000
