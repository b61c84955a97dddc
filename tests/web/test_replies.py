"""The pages of automatic answers, as Olive and Amir use them."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from switchboard.core import clock, ids
from switchboard.core.statements import fetch
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery.types import Measure, Origin
from switchboard.language.types import Keyword, Mode
from switchboard.replies import queries, workbench
from switchboard.replies.actions import publishing, rulesets
from switchboard.replies.models import Answer, Decision, IgnoredPhrase, InboundMessage
from switchboard.replies.models import Keyword as KeywordRow
from switchboard.replies.models import Rule as RuleRow
from switchboard.replies.statements import SQL_COUNT_HITS, SQL_MEASURE, SQL_MEASURE_KEYWORDS, SQL_MEASURE_WAITS
from switchboard.replies.types import Rule, Rung, Step, StepKind, Trigger
from switchboard.templates import queries as templates_queries
from tests.cloudapi.test_files import picture
from tests.factories import make_template
from tests.web.conftest import Shop, SignIn

_PERSON = Rung((Step(StepKind.HAND_OVER),))


def save(shop: Shop, name: str, *words: str, text: str = "Here is how.", **values: Any) -> int:
    """Put a rule into the draft."""
    keywords = tuple(Keyword(word) for word in words)
    rungs = (Rung((Step(StepKind.TEXT, {"text": text}),)), _PERSON)
    draft = Rule(id=0, name=name, trigger=Trigger.KEYWORDS, keywords=keywords, rungs=rungs, **values)
    with workspace_scope(shop.workspace.pk):
        return rulesets.save_rule(workspace_id=shop.workspace.pk, draft=draft, by="olive", now=clock.now()).pk


def write_in(shop: Shop, text: str, number: int = 0, ago: timedelta = timedelta(hours=30), **decision: Any) -> UUID:
    """Somebody wrote, and it was decided on."""
    at = clock.now() - ago
    message_id = ids.inbound_message_id(at, f"wamid.{text}.{number}")
    with workspace_scope(shop.workspace.pk):
        InboundMessage.objects.create(
            id=message_id,
            workspace_id=shop.workspace.pk,
            contact_id=shop.contacts[0].pk,
            number_id=shop.numbers[0].pk,
            wamid=f"w{number}",
            kind="text",
            text=text,
            body={},
            sent_at=at,
            received_at=at,
        )
        values = {"outcome": "unanswered", "conversation_id": 1000 + number, **decision}
        Decision.objects.create(
            message_id=message_id, workspace_id=shop.workspace.pk, number_id=shop.numbers[0].pk, at=at, **values
        )
    return message_id


def form(**values: Any) -> dict[str, Any]:
    return {
        "name": "Returns",
        "trigger": "keywords",
        "is_on": "on",
        "words_fuzzy": "返品\n返送",
        "threshold": "75",
        "r0|attempts": "1",
        "r0|asked": "on",
        "r0.s0|kind": "text",
        "r0.s0|text": "14 days.",
        "r1|attempts": "1",
        "r1|unread": "30",
        "r1.s0|kind": "hand_over",
        "do": "save",
        **values,
    }


def test_an_empty_list_says_what_a_rule_is(shop: Shop, olive: Client) -> None:
    assert "No rules yet" in olive.get("/replies/").content.decode()


def test_a_rule_is_written_saved_and_published(shop: Shop, olive: Client) -> None:
    answer = olive.post("/replies/new/", form())
    assert answer.status_code == 302
    assert "14 days." in olive.get(answer["Location"]).content.decode()
    olive.post("/replies/publish/")
    assert "Version 1 answers" in olive.get("/replies/").content.decode()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": " "}, "The rule has no name"),
        ({"words_fuzzy": ""}, "listens for nothing"),
        ({"words_regex": "(a"}, "can&#x27;t be read"),
        ({"words_fuzzy": "\n".join(f"word{place}" for place in range(10_001))}, "Split them over several rules"),
        ({"r0.s0|text": "Hi {{nmae}}"}, "does not exist"),
        ({"r0.s0|kind": "buttons", "r0.s0|title0": "x" * 21}, "The field Button 1 has 21 characters"),
        ({"r0.s0|kind": "buttons"}, "The list Buttons has 0 entries"),
        ({"r0.s0|kind": "list", "r0.s0|title0": "A"}, "opens the list is empty"),
        ({"r0.s0|kind": "image"}, "A step lacks what it needs"),
        ({"r0.s0|kind": "image", "r0.s0|asset_id": "999999"}, "shows a file that does not exist"),
        ({"r0.s0|kind": "template", "r0.s0|name": "gone"}, "is not approved in any account"),
    ],
)
def test_what_cannot_be_used_is_said_beside_what_was_typed(
    shop: Shop, olive: Client, values: Any, sentence: str
) -> None:
    answer = olive.post("/replies/new/", form(**values))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    "button", ["add_rung", "drop_rung:1", "add_step:0", "drop_step:0.0", "word:払い戻し", "look", "drop_step:9.9"]
)
def test_buttons_change_the_form_without_saving(shop: Shop, olive: Client, button: str) -> None:
    page = olive.post("/replies/new/", form(do=button))
    assert page.status_code == 200
    with workspace_scope(shop.workspace.pk):
        assert queries.list_rules(shop.workspace.pk) == []


def test_a_new_layer_goes_before_the_one_that_hands_over(shop: Shop, olive: Client) -> None:
    page = olive.post("/replies/new/", form(**{"do": "add_rung"})).content.decode()
    kinds = re.findall(r'name="r(\d)\.s0\|kind".*?value="(\w+)"\s+selected', page, re.DOTALL)
    assert kinds == [("0", "text"), ("1", "text"), ("2", "hand_over")]


def test_every_kind_of_part_has_its_inputs(shop: Shop, olive: Client) -> None:
    kinds = list(StepKind)
    asked = form(do="look")
    for place, kind in enumerate(kinds):
        asked |= {f"r{place // 9}.s{place % 9}|kind": kind, f"r{place // 9}.s{place % 9}|if": "has_tag"}
    page = olive.post("/replies/new/", asked).content.decode()
    assert page.count("|kind") == len(kinds)
    for name in (
        "|caption",
        "|filename",
        "|latitude",
        "|tag_id",
        "|member_id",
        "|key",
        "|button",
        "|rows",
        "|title0",
        "|asset_id",
        "|file",
    ):
        assert name in page


def test_everything_about_a_rule_comes_back_as_it_was_typed(shop: Shop, olive: Client) -> None:
    values = {
        "r0.s0|kind": "buttons",
        "r0.s0|text_ja": "14日以内です",
        "r0.s0|title0": "Track",
        "r0.s0|title0_zh": "查询物流",
        "r0.s0|payload0": "track-1",
        "r0.s0|title1": "Help",
        "r0.s0|footer": "Shop",
        "from_time": "09:00",
        "until_time": "18:00",
        "days": ["0", "4"],
        "languages": ["ja"],
        "delay_from": "0",
        "delay_until": "3",
        "words_exact": "hi",
        "r0.s0|if": "ordered_within",
        "r0.s0|if_days": "7",
    }
    page = olive.get(olive.post("/replies/new/", form(**values))["Location"]).content.decode()
    for words in ("14日以内です", "Track", "查询物流", "track-1", "Shop", "09:00", "18:00", 'value="7"'):
        assert words in page


def test_a_file_is_uploaded_at_its_part_and_chosen_again_elsewhere(shop: Shop, olive: Client) -> None:
    file = SimpleUploadedFile("size chart.png", picture("PNG", "RGB"))
    asked = form(do="look", **{"r0.s0|kind": "image", "r0.s0|file": file, "r0.s0|caption": "Sizes"})
    page = olive.post("/replies/new/", asked).content.decode()
    with workspace_scope(shop.workspace.pk):
        (asset,) = templates_queries.list_assets(shop.workspace.pk)
    assert f'<option value="{asset.pk}" selected>size chart.png</option>' in page
    assert f'src="/templates/assets/{asset.pk}/"' in page
    assert "A JPEG or PNG picture of at most 5 MB." in page
    saved = olive.post("/replies/new/", form(**{"r0.s0|kind": "image", "r0.s0|asset_id": str(asset.pk)}))
    assert f'<option value="{asset.pk}" selected>' in olive.get(saved["Location"]).content.decode()
    as_video = olive.post("/replies/new/", form(**{"r0.s0|kind": "video", "r0.s0|asset_id": str(asset.pk)}))
    assert "of another kind than this part" in as_video.content.decode()


def test_a_file_that_whatsapp_does_not_show_is_refused_at_its_part(shop: Shop, olive: Client) -> None:
    file = SimpleUploadedFile("notes.txt", b"hello")
    answer = olive.post("/replies/new/", form(**{"r0.s0|kind": "document", "r0.s0|file": file}))
    assert answer.status_code == 422
    assert "WhatsApp does not show this type of file" in answer.content.decode()


def test_a_template_is_chosen_among_those_of_the_rules_numbers_and_its_places_are_filled(
    shop: Shop, olive: Client
) -> None:
    template = make_template(shop.workspace, shop.account, name="pickup_ready")
    asked = {"r0.s0|kind": "template", "r0.s0|name": template.name}
    page = olive.post("/replies/new/", form(do="look", **asked)).content.decode()
    assert '<option value="pickup_ready" selected>' in page
    assert 'name="r0.s0|var:body:1"' in page
    assert 'value="{{name}}"' in page
    refused = olive.post("/replies/new/", form(**asked, **{"r0.s0|var:body:1": ""}))
    assert "has places without a value: body:1" in refused.content.decode()
    saved = olive.post("/replies/new/", form(**asked, **{"r0.s0|var:body:1": "{{name|friend}}"}))
    assert "{{name|friend}}" in olive.get(saved["Location"]).content.decode()
    with workspace_scope(shop.workspace.pk):
        draft, _is_on = queries.read_rule(shop.workspace.pk, int(saved["Location"].strip("/").split("/")[-1]))
    assert draft.rungs[0].steps[0].content == {"name": "pickup_ready", "values": {"body:1": "{{name|friend}}"}}


def test_a_list_grows_to_ten_rows(shop: Shop, olive: Client) -> None:
    asked = form(do="add_row:0.0", **{"r0.s0|kind": "list", "r0.s0|rows": "9"})
    page = olive.post("/replies/new/", asked).content.decode()
    assert page.count('maxlength="24"') == 10
    assert "Add a row" not in page


def test_a_place_may_be_pasted_as_maps_copy_it(shop: Shop, olive: Client) -> None:
    values = {"r0.s0|kind": "location", "r0.s0|text": "", "r0.s0|latitude": "35.6812, 139.7671"}
    page = olive.get(olive.post("/replies/new/", form(**values))["Location"]).content.decode()
    assert 'value="35.6812"' in page
    assert 'value="139.7671"' in page


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("ﾍﾝﾋﾟﾝしたい", "by its Japanese reading"),
        ("I want a refnud", "with a slip"),
        ("good morning", "No rule answers this."),
    ],
)
def test_the_tester_says_which_rule_answers_and_why(shop: Shop, olive: Client, message: str, words: str) -> None:
    save(shop, "Returns", "返品", "refund")
    page = olive.post("/replies/try/", {"message": message}).content.decode()
    assert words in page


def test_the_tester_tries_the_rule_as_it_is_being_written(shop: Shop, olive: Client) -> None:
    asked = {**form(words_fuzzy="営業時間"), "message": "えいぎょうじかんは？"}
    part = olive.post("/replies/try/", asked, headers={"HX-Request": "true"}).content.decode()
    assert "Answers" in part
    assert "<html" not in part


def test_it_shows_what_passes_and_what_others_say(shop: Shop, olive: Client) -> None:
    part = olive.post("/replies/examples/", form(words_fuzzy="refund")).content.decode()
    assert "money back" in part
    assert "does not pass" in part


def test_rules_that_can_never_answer_are_marked(shop: Shop, olive: Client) -> None:
    save(shop, "First", "返品")
    save(shop, "Second", "返品")
    assert "Can never answer: “First” always does" in olive.get("/replies/").content.decode()


def test_a_rule_is_moved_switched_and_deleted(shop: Shop, olive: Client) -> None:
    first, second = save(shop, "First", "返品"), save(shop, "Second", "配送")
    olive.post("/replies/order/", {"move": f"up:{second}"})
    page = olive.get("/replies/").content.decode()
    assert page.index("Second") < page.index("First")
    olive.post(f"/replies/{first}/switch/", {"on": "no"})
    olive.post(f"/replies/{second}/delete/")
    with workspace_scope(shop.workspace.pk):
        (rule,) = queries.list_rules(shop.workspace.pk)
    assert (rule.pk, rule.is_on) == (first, False)


def many_rules(shop: Shop, count: int) -> list[int]:
    """Put so many rules into the draft, each with a keyword of its own; the first and the last have one in common."""
    at = clock.now()
    with workspace_scope(shop.workspace.pk):
        rules = RuleRow.objects.bulk_create(
            RuleRow(workspace_id=shop.workspace.pk, name=f"Rule {place:03}", position=place, updated_at=at)
            for place in range(1, count + 1)
        )
        words = [(rule, f"keyword{place:03}x{more}") for place, rule in enumerate(rules, 1) for more in range(8)]
        words += [(rules[0], "shared words"), (rules[-1], "shared words")]
        KeywordRow.objects.bulk_create(
            KeywordRow(workspace_id=shop.workspace.pk, rule=rule, text=text) for rule, text in words
        )
    return [rule.pk for rule in rules]


def shown(page: str) -> list[str]:
    return re.findall(r'class="title"\s[^>]*>(Rule \d+)<', page)


def test_rules_are_shown_by_pages_and_found_by_name_or_keyword_on_any(shop: Shop, olive: Client) -> None:
    many_rules(shop, 60)
    first, second = (olive.get(f"/replies/?page={page}").content.decode() for page in (1, 2))
    assert shown(first) + shown(second) == [f"Rule {place:03}" for place in range(1, 61)]
    assert "1 to 50 of 60" in first
    assert "+3" in first  # Of nine keywords.
    for search in ("rule 058", "KEYWORD058x7"):
        found = olive.get("/replies/", {"q": search}, headers={"HX-Request": "true"}).content.decode()
        assert shown(found) == ["Rule 058"]
        assert 'value="58"' in found  # Its place among all.
        assert "<html" not in found
    assert "keyword058x7" in found  # Although it is none of the first six.
    assert shown(olive.get("/replies/?page=99").content.decode()) == shown(second)
    assert "No rule matches" in olive.get("/replies/?q=nowhere").content.decode()


def test_a_rule_is_moved_to_another_page_and_the_list_follows(shop: Shop, olive: Client) -> None:
    ids = many_rules(shop, 60)
    moved = olive.post("/replies/order/", {"move": f"to:{ids[1]}", "place": "55"})
    assert moved["Location"] == f"/replies/?page=2&moved=to%3A{ids[1]}#rule-{ids[1]}"
    assert shown(olive.get(moved["Location"]).content.decode())[4] == "Rule 002"
    over = olive.post("/replies/order/?page=1", {"move": f"down:{ids[50]}"})  # The last of the first page.
    assert over["Location"].startswith("/replies/?page=2&")
    assert shown(olive.get(over["Location"]).content.decode())[0] == "Rule 051"
    kept = olive.post("/replies/order/?q=rule+00", {"move": f"to:{ids[3]}", "place": "60"})
    assert kept["Location"].startswith("/replies/?q=rule+00&moved")
    refused = olive.post("/replies/order/", {"move": f"to:{ids[3]}", "place": "top"}, follow=True).content.decode()
    assert "Write the place as a number" in refused


def test_what_fights_is_counted_over_all_pages_and_shown_alone(shop: Shop, olive: Client) -> None:
    many_rules(shop, 60)
    save(shop, "Rule 061", "keyword001x0")
    page = olive.get("/replies/").content.decode()
    assert "1 can never answer" in page
    assert "2 fight with earlier ones" in page
    assert shown(olive.get("/replies/?show=fights").content.decode()) == ["Rule 060", "Rule 061"]


def test_with_very_many_keywords_the_list_comes_first_and_what_fights_after_it(
    shop: Shop, olive: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "MOST_COMPARED_AT_ONCE", 10)
    many_rules(shop, 5)
    page = olive.get("/replies/").content.decode()
    assert "Looking for rules that fight" in page
    assert shown(page)
    later = olive.get("/replies/?look=yes", headers={"HX-Request": "true"}).content.decode()
    assert "1 fights with an earlier one" in later
    assert "1 fights with an earlier one" in olive.get("/replies/").content.decode()  # It is known now.


def test_the_replay_shows_what_publishing_would_change(shop: Shop, olive: Client) -> None:
    save(shop, "Returns", "返品")
    write_in(shop, "返品したいです")
    write_in(shop, "こんにちは", number=1)
    page = olive.get("/replies/replay/").content.decode()
    assert "返品したいです" in page
    assert "こんにちは" not in page
    with workspace_scope(shop.workspace.pk):
        publishing.publish(workspace_id=shop.workspace.pk, by="olive", now=clock.now())
    assert "Nothing would change" in olive.get("/replies/replay/").content.decode()


def test_what_nobody_answers_becomes_a_rule_or_is_left_out(shop: Shop, olive: Client) -> None:
    for number in range(3):
        write_in(shop, "ギフト包装できますか", number=number)
    page = olive.get("/replies/unanswered/").content.decode()
    assert "ギフト包装できますか" in page
    assert "包装" in olive.get("/replies/new/", {"name": "Gift", "word": ["包装"]}).content.decode()
    olive.post("/replies/unanswered/ignore/", {"phrase": "ギフト包装できますか"})
    assert "Nothing is left unanswered" in olive.get("/replies/unanswered/").content.decode()
    with workspace_scope(shop.workspace.pk):
        assert IgnoredPhrase.objects.count() == 1


def test_measures_count_by_rule_keyword_and_week(shop: Shop, olive: Client) -> None:
    rule_id = save(shop, "Returns", "返品")
    answered: dict[str, Any] = {"outcome": "answered", "rule_id": rule_id, "keyword": "返品"}
    message_id = write_in(shop, "返品", **answered)
    write_in(shop, "返品は？", number=1, **answered)
    write_in(shop, "あの", number=2)
    write_in(shop, "ねえ", number=1, ago=timedelta(hours=29), outcome="person")
    at = clock.now()
    with workspace_scope(shop.workspace.pk):
        Answer.objects.create(
            workspace_id=shop.workspace.pk,
            conversation_id=1000,
            rule_id=rule_id,
            rung=0,
            version=1,
            message_id=message_id,
            kind="rule",
            asked_at=at - timedelta(hours=1, seconds=7),
            at=at - timedelta(hours=1),
            parts=1,
        )
    page = olive.get("/replies/measures/").content.decode()
    assert "50.0 %" in page  # One of two answers was followed by a person.
    assert "66.7 %" in page  # Two of three questions matched.
    assert "7 s" in page


def test_a_new_rule_listens_for_nothing_by_itself(shop: Shop, olive: Client) -> None:
    page = olive.get("/replies/new/").content.decode()
    words = re.findall(r'name="words_\w+"[^>]*>([^<]*)</textarea>', page)
    assert words == [""] * len(Mode)


def test_measures_are_drawn_and_each_keyword_has_its_bar(shop: Shop, olive: Client) -> None:
    rule_id = save(shop, "Returns", "返品")
    write_in(shop, "返品", outcome="answered", rule_id=rule_id, keyword="返品")
    page = olive.get("/replies/measures/").content.decode()
    assert 'data-chart="weeks-shares"' in page
    assert '<td data-value="100.0"></td>' in page
    assert '<rect width="100.0"' in page


def test_a_week_without_answers_old_enough_draws_no_completion(shop: Shop, olive: Client) -> None:
    rule_id = save(shop, "Returns", "返品")
    write_in(shop, "返品", ago=timedelta(minutes=5), outcome="answered", rule_id=rule_id, keyword="返品")
    page = olive.get("/replies/measures/").content.decode()
    assert '<td data-value="0.0"></td><td data-value=""></td></tr>' in page


def test_saving_again_keeps_the_readings_of_words_that_stay(shop: Shop, olive: Client) -> None:
    page = olive.post("/replies/new/", form())["Location"]
    with workspace_scope(shop.workspace.pk):
        KeywordRow.objects.filter(text="返品").update(patterns=[["made before", "surface"]])
    olive.post(page, form(words_fuzzy="返品\n払い戻し"))
    with workspace_scope(shop.workspace.pk):
        kept = dict(KeywordRow.objects.values_list("text", "patterns"))
    assert kept["返品"] == [["made before", "surface"]]
    assert kept["払い戻し"]


def test_the_statements_of_measures_run(shop: Shop) -> None:
    asked = {
        "workspace": shop.workspace.pk,
        "since": clock.now(),
        "mature": clock.now(),
        "zone": "Asia/Tokyo",
        "most": 5,
    }
    with workspace_scope(shop.workspace.pk):
        for statement in (SQL_MEASURE, SQL_COUNT_HITS, SQL_MEASURE_KEYWORDS):
            assert fetch(statement, asked) == []
        assert fetch(SQL_MEASURE_WAITS, asked) == [(None, None)]


def test_an_agent_reads_and_tries_but_does_not_change(shop: Shop, sign_in: SignIn) -> None:
    amir = sign_in(shop.workspace, role="agent")
    assert amir.get("/replies/").status_code == 200
    assert amir.post("/replies/try/", {"message": "hi"}).status_code == 200
    for address in ("settings/", "coupons/", "new/", "publish/", "order/", "examples/", "unanswered/ignore/"):
        assert amir.post(f"/replies/{address}", form()).status_code == 403


def test_the_settings_are_changed_and_hold_once_published(shop: Shop, olive: Client) -> None:
    page = olive.get("/replies/settings/").content.decode()
    assert "（自動応答でお返事しています）" in page
    values = dict.fromkeys(("delay_from", "ladder_minutes", "hand_back_minutes", "negatives_raise_at"), "1")
    values |= {"delay_until": "2", "hand_over_at_answer": "4", "announcement_": "", "mood": "broken -1\nwow 1"}
    values |= {"hand_over_text_": "Wait a moment.", "after_hours_text_": "Closed.", "opt_out_text_": "Bye."}
    assert olive.post("/replies/settings/", values).status_code == 302
    with workspace_scope(shop.workspace.pk):
        settings = queries.get_settings(shop.workspace.pk)
    assert (settings.delay_until, settings.hand_over_at_answer, settings.announces) == (2, 4, False)
    assert settings.hand_over_text == {"": "Wait a moment."}
    assert settings.mood_weights == {"broken": -1.0, "wow": 1.0}
    assert "broken -1" in olive.get("/replies/settings/").content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"delay_from": "9", "delay_until": "3"}, "The delay must lie between"),
        ({"hand_over_text_": ""}, "A text that is said to people is empty"),
        ({"order_link": "http://shop.example"}, "must begin with https://"),
        ({"mood": "broken"}, "is no word with a weight"),
        ({"mood": "broken nan"}, "is no word with a weight"),
    ],
)
def test_settings_that_cannot_be_kept_are_said_on_the_page(
    shop: Shop, olive: Client, change: dict[str, str], sentence: str
) -> None:
    page = olive.get("/replies/settings/").context["form"]
    answer = olive.post(
        "/replies/settings/", {name: "" if value is False else value for name, value in page.initial.items()} | change
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_codes_are_pasted_and_counted_by_pool(shop: Shop, olive: Client) -> None:
    assert "No coupons yet" in olive.get("/replies/coupons/").content.decode()
    olive.post("/replies/coupons/", {"name": "autumn", "codes": "A1\nB2\r\n\nA1"})
    page = olive.post("/replies/coupons/", {"name": "autumn", "codes": "B2\nC3"}, follow=True).content.decode()
    assert "1 new code in “autumn”." in page
    assert "{{coupon:autumn}}" in page
    refused = olive.post("/replies/coupons/", {"name": "a:b", "codes": "A1"})
    assert (refused.status_code, "without braces" in refused.content.decode()) == (422, True)


def test_a_rule_and_its_layers_show_what_they_cost(shop: Shop, olive: Client) -> None:
    rule_id = save(shop, "Returns", "返品")
    with workspace_scope(shop.workspace.pk):
        delivery_actions.tally(
            workspace_id=shop.workspace.pk,
            origin=Origin.ANSWER,
            origin_id=rule_id,
            number_id=shop.numbers[0].pk,
            measure=Measure.DELIVERED,
            amount=1200,
            now=clock.now(),
        )
    page = olive.get("/replies/").content.decode()
    assert "1,200 service messages this month, 200 of them charged" in page
    assert "at the price of" in page
    assert "each time beyond the free messages" in olive.get(f"/replies/{rule_id}/").content.decode()
