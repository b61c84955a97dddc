"""Programs read people, and ask whether they may be written to."""

from datetime import timedelta

from switchboard.consent.models import Entry
from switchboard.core import clock
from tests import factories
from tests.api.conftest import Program


def test_a_person_is_read_by_id_number_and_address(program: Program) -> None:
    hana = factories.make_contact(
        program.workspace, name="花子", phone="+819012345678", email="hana@example.com", tags=["VIP"]
    )
    read = program.get(f"contacts/{hana.pk}").json()
    assert (read["name"], read["phone"], read["tags"]) == ("花子", "+819012345678", ["VIP"])
    assert read["consent"] == {"marketing": "opt_in", "utility": None, "opted_out_at": None}
    for name in ("+819012345678", "090-1234-5678", "hana@example.com"):
        assert program.get(f"contacts/{name}").json() == read


def test_people_come_by_pages(program: Program) -> None:
    ids = [factories.make_contact(program.workspace).pk for _ in range(5)]
    first = program.get("contacts?limit=3").json()
    second = program.get(f"contacts?limit=3&before={first['next_before']}").json()
    assert [one["id"] for one in first["items"] + second["items"]] == ids[::-1]
    assert second["next_before"] is None


def test_a_person_is_found_by_number_or_id(program: Program) -> None:
    hana, _ = (
        factories.make_contact(program.workspace, phone="+819012345678"),
        factories.make_contact(program.workspace),
    )
    asked = {
        "phone=090-1234-5678": [hana.pk],
        f"id={hana.pk}": [hana.pk],
        f"phone=%2B819012345678&id={hana.pk}": [hana.pk],
        f"phone=%2B819012345678&id={hana.pk + 1}": [],
        "phone=%2B819000000000": [],
        # A number of eight digits is a number here, whatever id it looks like.
        f"phone={hana.pk:08}": [],
    }
    found = {query: [one["id"] for one in program.get(f"contacts?{query}").json()["items"]] for query in asked}
    assert found == asked


def test_a_person_opts_out_once_however_often_it_is_told(program: Program) -> None:
    hana = factories.make_contact(program.workspace)
    answers = [program.post(f"contacts/{hana.pk}/opt-out", {"source": "phone call"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["consent"]["opted_out_at"] is not None
    line = Entry.objects.get(contact_id=hana.pk, kind="withdraw")
    assert (line.actor, line.source) == ("key:Web shop", "phone call")


def test_an_opt_out_needs_no_words(program: Program) -> None:
    hana = factories.make_contact(program.workspace, phone="+819012345678")
    assert program.post("contacts/+819012345678/opt-out").status_code == 200
    assert Entry.objects.get(contact_id=hana.pk, kind="withdraw").source == "API"


AGREED = {"category": "marketing", "basis": "opt_in", "source": "checkout", "wording": "Yes, send me offers."}


def test_an_opt_in_is_written_with_its_words(program: Program) -> None:
    sam = factories.make_contact(program.workspace, agreed="")
    assert program.post(f"contacts/{sam.pk}/opt-in", AGREED).json()["consent"]["marketing"] == "opt_in"
    line = Entry.objects.get(contact_id=sam.pk)
    assert (line.wording, line.actor) == ("Yes, send me offers.", "key:Web shop")


def test_an_opt_in_without_its_words_or_basis_is_refused(program: Program) -> None:
    sam = factories.make_contact(program.workspace, agreed="")
    for missing in ("wording", "source", "basis"):
        answer = program.post(f"contacts/{sam.pk}/opt-in", {key: AGREED[key] for key in AGREED if key != missing})
        assert (answer.status_code, answer.json()["field"]) == (422, f"{missing}")
    answer = program.post(f"contacts/{sam.pk}/opt-in", {**AGREED, "basis": "transaction"})
    assert answer.json()["message"].startswith("Marketing needs an explicit opt-in")
    assert not Entry.objects.exists()


def test_who_has_opted_out_comes_back_only_by_their_own_wish(program: Program) -> None:
    hana = factories.make_contact(program.workspace, is_opted_out=True)
    refused = program.post(f"contacts/{hana.pk}/opt-in", AGREED)
    assert (refused.status_code, refused.json()["code"]) == (409, "opted_out")
    assert program.post(f"contacts/{hana.pk}/opt-in", {**AGREED, "is_own_wish": True}).status_code == 200


def test_it_says_whether_a_person_may_be_written_to_and_why_not(program: Program) -> None:
    yes = factories.make_contact(program.workspace)
    out = factories.make_contact(program.workspace, is_opted_out=True)
    nobody = factories.make_contact(program.workspace, agreed="")
    told = [program.get(f"contacts/{one.pk}/may-write?category=marketing").json() for one in (yes, out, nobody)]
    assert [(one["may"], one["reason"]) for one in told] == [(True, None), (False, "opted_out"), (False, "no_basis")]
    assert told[1]["since"] is not None
    assert told[2]["sentence"].endswith("agreed to messages of this category.")


def test_it_says_how_it_was_at_a_moment(program: Program) -> None:
    hana = factories.make_contact(program.workspace, agreed="")
    before = clock.now() - timedelta(days=1)
    program.post(f"contacts/{hana.pk}/opt-in", AGREED)
    asked = f"contacts/{hana.pk}/may-write?category=marketing"
    assert program.get(asked).json()["may"]
    assert not program.get(f"{asked}&at={before:%Y-%m-%dT%H:%M:%S}Z").json()["may"]
