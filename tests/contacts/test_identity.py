"""Numbers that are written in two ways are one person's."""

import pytest

from switchboard.contacts import identity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("554188887777", "5541988887777"),
        ("5215512345678", "525512345678"),
        ("5491123456789", "541123456789"),
    ],
    ids=["Brazil", "Mexico", "Argentina"],
)
def test_both_ways_to_write_a_number_lead_to_each_other(one: str, other: str) -> None:
    assert identity.variants(one) == (other,)
    assert identity.variants(other) == (one,)
    assert identity.is_same_phone(f"+{one}", other)


@pytest.mark.parametrize("digits", ["819012345678", "554133334444", "16505551234", "5541", "52", ""])
def test_other_numbers_are_written_in_one_way(digits: str) -> None:
    assert identity.variants(digits) == ()


@pytest.mark.parametrize(
    ("digits", "phone"),
    [("819012345678", "+819012345678"), ("554188887777", "+5541988887777"), ("5215512345678", "+525512345678")],
)
def test_a_whatsapp_id_gives_the_number_that_one_dials(digits: str, phone: str) -> None:
    assert identity.phone_of(digits).phone == phone


def test_an_id_that_is_no_valid_number_is_kept_as_it_is() -> None:
    assert identity.phone_of("999123456789").phone == "+999123456789"


def test_the_country_of_a_user_id_is_its_beginning() -> None:
    assert identity.country_of_user_id("JP.555") == "JP"
    assert identity.country_of_user_id("nonsense") == ""
