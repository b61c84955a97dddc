"""A broadcast is made step by step; each step keeps what it says and refuses what cannot be."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from switchboard.broadcasts.models import Broadcast
from switchboard.contacts.models import Tag
from switchboard.core import clock
from switchboard.numbers.models import Number
from tests import factories
from tests.web.conftest import Shop


def picture() -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (80, 40), (20, 90, 60)).save(content, "PNG")
    content.seek(0)
    content.name = "tea.png"
    return content


class Draft:
    """A draft and its steps."""

    def __init__(self, client: Client, broadcast_id: int) -> None:
        self.client = client
        self.id = broadcast_id

    def post(self, step: str, data: dict[str, Any]) -> Any:
        return self.client.post(f"/broadcasts/{self.id}/edit/{step}/", data)

    def page(self, step: str) -> str:
        return self.client.get(f"/broadcasts/{self.id}/edit/{step}/").content.decode()

    @property
    def row(self) -> Broadcast:
        return Broadcast.objects.get(pk=self.id)


@pytest.fixture
def draft(shop: Shop, olive: Client) -> Draft:
    """A fresh draft, made with the button."""
    answer = olive.post("/broadcasts/new/")
    return Draft(olive, int(answer["Location"].split("/")[2]))


def fill(draft: Draft, shop: Shop) -> None:
    """Answer every step but the review."""
    draft.post("audience", {"name": "Autumn"})
    draft.post("message", {"template": "autumn_offer/ja", "source-body:1": "name", "fallback-body:1": "お客様"})
    draft.post("numbers", {"number_ids": [number.pk for number in shop.numbers], "pace": "standard"})
    draft.post("schedule", {"when": "now"})


def test_the_new_button_makes_a_draft(draft: Draft) -> None:
    assert draft.row.state == "draft"
    assert draft.row.name.startswith("Broadcast of")


def test_the_target_keeps_name_and_tags(shop: Shop, draft: Draft) -> None:
    tag = Tag.objects.get(name="VIP")
    answer = draft.post("audience", {"name": "Autumn", "include_tags": [tag.pk]})
    assert answer["Location"].endswith("/edit/message/")
    assert (draft.row.name, draft.row.audience) == ("Autumn", {"include_tags": [tag.pk]})


def test_a_target_without_a_name_is_refused(draft: Draft) -> None:
    answer = draft.post("audience", {"name": " "})
    assert answer.status_code == 422
    assert "Give the broadcast a name; only your team sees it." in answer.content.decode()


def test_an_empty_audience_is_kept_and_refused(shop: Shop, draft: Draft) -> None:
    tag = Tag.objects.get(name="VIP")
    answer = draft.post("audience", {"name": "Autumn", "include_tags": [tag.pk], "exclude_tags": [tag.pk]})
    assert answer.status_code == 422
    assert "Nobody is in this audience." in answer.content.decode()
    assert draft.row.audience["exclude_tags"] == [tag.pk]


def test_the_count_follows_the_tags(shop: Shop, draft: Draft) -> None:
    factories.make_contact(shop.workspace, name="Nobody's VIP")
    tag = Tag.objects.get(name="VIP")
    address = f"/broadcasts/{draft.id}/edit/audience/count/"
    everybody = draft.client.get(address).content.decode()
    vips = draft.client.get(address, {"include_tags": tag.pk}).content.decode()
    assert '<span class="value">4</span>' in everybody
    assert '<span class="value">3</span>' in vips


def test_the_message_keeps_template_and_variables(draft: Draft) -> None:
    answer = draft.post(
        "message", {"template": "autumn_offer/ja", "source-body:1": "name", "fallback-body:1": "お客様"}
    )
    assert answer["Location"].endswith("/edit/numbers/")
    assert draft.row.variables == {"body:1": {"source": "name", "fallback": "お客様"}}


def test_templates_are_offered_with_the_names_of_their_languages(shop: Shop, draft: Draft) -> None:
    assert f"{shop.template.name} · Japanese · " in draft.page("message")


def test_a_message_without_a_template_is_refused(draft: Draft) -> None:
    answer = draft.post("message", {"template": ""})
    assert (answer.status_code, "Choose a template." in answer.content.decode()) == (422, True)


def test_a_variable_that_nothing_fills_is_named(draft: Draft) -> None:
    answer = draft.post("message", {"template": "autumn_offer/ja", "source-body:1": ""})
    assert answer.status_code == 422
    assert "Choose what fills these places: Text {{1}}." in answer.content.decode()


def test_a_header_needs_its_picture(shop: Shop, draft: Draft) -> None:
    factories.make_template(shop.workspace, shop.account, name="with_picture", header="IMAGE")
    said = {"template": "with_picture/ja", "source-body:1": "name"}
    assert "shows a file above its text" in draft.post("message", said).content.decode()
    assert draft.post("message", {**said, "image": picture()}).status_code == 302
    assert draft.row.header_asset_id


def test_a_file_that_whatsapp_does_not_show_is_refused(shop: Shop, draft: Draft) -> None:
    factories.make_template(shop.workspace, shop.account, name="with_picture", header="IMAGE")
    answer = draft.post(
        "message", {"template": "with_picture/ja", "source-body:1": "name", "image": io.BytesIO(b"MZ...")}
    )
    assert "WhatsApp does not show this type of file" in answer.content.decode()


def test_the_picture_is_served_to_its_workspace(shop: Shop, draft: Draft) -> None:
    factories.make_template(shop.workspace, shop.account, name="with_picture", header="IMAGE")
    draft.post("message", {"template": "with_picture/ja", "source-body:1": "name", "image": picture()})
    answer = draft.client.get(f"/templates/assets/{draft.row.header_asset_id}/")
    assert answer["Content-Type"] == "image/png"


def test_the_preview_shows_a_real_person(draft: Draft) -> None:
    draft.post("message", {"template": "autumn_offer/ja", "source-body:1": "name"})
    page = draft.page("message")
    assert "Emma様、秋祭りです。" in page
    part = draft.client.get(
        f"/broadcasts/{draft.id}/edit/message/preview/",
        {"template": "autumn_offer/ja", "source-body:1": "fixed", "value-body:1": "皆", "person": "1"},
        headers={"HX-Request": "true", "HX-Target": "preview"},
    ).content.decode()
    assert "皆様、秋祭りです。" in part
    assert "<select" not in part  # What somebody is typing is never taken away.


def test_an_empty_value_is_warned_of(shop: Shop, draft: Draft) -> None:
    draft.post("message", {"template": "autumn_offer/ja", "source-body:1": "email"})
    assert "Without a fallback they are skipped." in draft.page("message")


def test_only_approved_templates_are_offered(shop: Shop, draft: Draft) -> None:
    factories.make_template(shop.workspace, shop.account, name="not_yet", state="pending")
    assert "not_yet" not in draft.page("message")


def test_the_numbers_are_kept_with_the_pace(shop: Shop, draft: Draft) -> None:
    answer = draft.post("numbers", {"number_ids": [shop.numbers[1].pk], "pace": "careful"})
    assert answer["Location"].endswith("/edit/schedule/")
    assert (draft.row.number_ids, draft.row.pace) == ([shop.numbers[1].pk], "careful")


def test_no_number_is_refused(draft: Draft) -> None:
    answer = draft.post("numbers", {"pace": "standard"})
    assert (answer.status_code, "Choose at least one number" in answer.content.decode()) == (422, True)


def test_a_number_whose_account_lacks_the_template_cannot_be_chosen(shop: Shop, draft: Draft) -> None:
    factories.make_number(shop.workspace, label="Other account")
    draft.post("message", {"template": "autumn_offer/ja", "source-body:1": "name"})
    assert "its account does not have this template approved" in draft.page("numbers")


def test_a_moment_is_read_in_the_workspaces_zone(draft: Draft) -> None:
    answer = draft.post("schedule", {"when": "later", "at": "2031-04-01T09:30"})
    assert answer["Location"].endswith("/edit/review/")
    assert draft.row.scheduled_at == datetime(2031, 4, 1, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "sentence"), [("2001-01-01T00:00", "This moment is past."), ("soon", "Write the day and the hour")]
)
def test_a_moment_that_cannot_be_is_refused(draft: Draft, at: str, sentence: str) -> None:
    answer = draft.post("schedule", {"when": "later", "at": at})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_the_review_says_who_gets_it_and_who_does_not(shop: Shop, draft: Draft) -> None:
    factories.make_contact(shop.workspace, name="Out", is_opted_out=True)
    factories.make_contact(shop.workspace, name="Never asked", agreed="")
    fill(draft, shop)
    page = draft.page("review")
    assert "Send to 3 people" in page
    assert "Opted out" in page
    assert "No consent for this category" in page


def test_the_review_says_when_it_ends_and_what_it_costs(
    shop: Shop, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = clock.now().replace(hour=3, minute=0)  # Noon in Tokyo: nobody sleeps.
    monkeypatch.setattr(clock, "now", lambda: noon)
    fill(draft, shop)
    page = draft.page("review")
    assert "Finishes" in page
    assert "a second per number" in page
    assert "0.1812 USD" in page  # Three people of no known country at 0.0604.


def test_what_failed_for_the_moment_is_sent_again_where_somebody_wants_it(draft: Draft) -> None:
    draft.post("schedule", {"when": "now", "resends_failed": "yes"})
    assert draft.row.resends_failed
    draft.post("schedule", {"when": "now"})
    assert not draft.row.resends_failed


def test_the_review_warns_when_the_give_up_time_is_too_short(shop: Shop, draft: Draft) -> None:
    fill(draft, shop)
    Number.objects.update(pace_overrides={"per_day": 1})
    draft.post("schedule", {"when": "now", "give_up_hours": "1"})
    assert draft.row.give_up_hours == 1
    page = draft.page("review")
    assert "who still waits then is skipped" in page


@pytest.mark.parametrize("hours", ["0", "505", "soon"])
def test_an_impossible_give_up_time_is_refused(shop: Shop, draft: Draft, hours: str) -> None:
    fill(draft, shop)
    answer = draft.post("schedule", {"when": "now", "give_up_hours": hours})
    assert answer.status_code == 422
    assert "Write a number of hours from 1 to 504." in answer.content.decode()


def test_the_author_may_leave_turns_and_kept_numbers_out(shop: Shop, draft: Draft) -> None:
    fill(draft, shop)
    number_ids = [str(number.pk) for number in shop.numbers]
    draft.post("numbers", {"number_ids": number_ids, "pace": "careful"})
    assert (draft.row.is_sticky, draft.row.is_spaced) == (False, False)
    draft.post("numbers", {"number_ids": number_ids, "pace": "careful", "is_sticky": "yes", "is_spaced": "yes"})
    assert (draft.row.is_sticky, draft.row.is_spaced) == (True, True)


def test_the_review_names_what_is_missing_and_where(draft: Draft) -> None:
    answer = draft.post("review", {})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose a template." in page
    assert draft.row.state == "draft"


def test_the_review_starts_the_broadcast(shop: Shop, draft: Draft) -> None:
    fill(draft, shop)
    answer = draft.post("review", {})
    assert answer["Location"] == f"/broadcasts/{draft.id}/"
    assert draft.row.state == "preparing"


def test_a_later_broadcast_is_put_on_the_calendar(shop: Shop, draft: Draft) -> None:
    fill(draft, shop)
    later = clock.now() + timedelta(days=2)
    draft.post("schedule", {"when": "later", "at": later.strftime("%Y-%m-%dT%H:%M")})
    draft.post("review", {})
    assert draft.row.state == "scheduled"
    draft.post("audience", {"name": "Changed"})
    assert (draft.row.state, draft.row.name) == ("draft", "Changed")


def test_a_started_broadcast_is_no_longer_changed(shop: Shop, draft: Draft) -> None:
    fill(draft, shop)
    draft.post("review", {})
    assert draft.post("audience", {"name": "Too late"}).status_code == 409
    assert draft.row.name == "Autumn"


def test_every_step_opens_at_any_time(draft: Draft) -> None:
    for step in ("audience", "message", "numbers", "schedule", "review"):
        assert draft.client.get(f"/broadcasts/{draft.id}/edit/{step}/").status_code == 200
