"""A body is Meta's only if its raw bytes are signed with a secret of the app."""

import pytest

from switchboard.webhooks import signature

COMPACT = b'{"object":"whatsapp_business_account","entry":[]}'
SPACED = b'{"object": "whatsapp_business_account", "entry": []}'
COMPACT_SIGNED = b"sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"
SPACED_SIGNED = b"sha256=56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a"
SECRET = b"test_app_secret"


@pytest.mark.parametrize(("body", "signed"), [(COMPACT, COMPACT_SIGNED), (SPACED, SPACED_SIGNED)])
def test_it_signs_as_meta_does(body: bytes, signed: bytes) -> None:
    assert signature.sign(SECRET, body) == signed
    assert signature.is_signed([SECRET], body, signed)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"sha256=",
        COMPACT_SIGNED[7:],
        COMPACT_SIGNED.upper(),
        SPACED_SIGNED,
        b"sha1=" + COMPACT_SIGNED[7:],
        b"\xff",
    ],
)
def test_it_refuses_any_other_header(header: bytes) -> None:
    assert not signature.is_signed([SECRET], COMPACT, header)


def test_it_takes_the_previous_secret_while_one_is_rotated() -> None:
    assert signature.is_signed([b"new", SECRET], COMPACT, COMPACT_SIGNED)


def test_an_app_without_a_secret_signs_nothing() -> None:
    assert not signature.is_signed([], COMPACT, signature.sign(b"", COMPACT))
    assert not signature.is_signed([b""], COMPACT, signature.sign(b"", COMPACT))


def test_an_empty_verify_token_fits_nothing() -> None:
    assert not signature.is_token(b"", b"")
    assert signature.is_token(b"token", b"token")
