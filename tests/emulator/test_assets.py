"""Media, templates, numbers and accounts over the Graph API."""

import asyncio
from hashlib import sha256

import aiohttp
import pytest

from emulator.media import check_file, sniff
from tests.emulator.harness import ACCOUNT, NUMBER, OTHER_NUMBER, TOKEN, Harness, template_body

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


def upload(content: bytes, mime_type: str) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("messaging_product", "whatsapp")
    form.add_field("type", mime_type)
    form.add_field("file", content, filename="picture.png", content_type=mime_type)
    return form


async def test_media_goes_up_and_comes_back(emulator: Harness):
    _, uploaded = await emulator.graph("POST", f"{NUMBER}/media", data=upload(PNG, "image/png"))
    status, node = await emulator.graph("GET", uploaded["id"])
    assert (status, node["mime_type"], node["file_size"]) == (200, "image/png", str(len(PNG)))
    assert node["sha256"] == sha256(PNG).hexdigest()
    async with emulator.session.get(node["url"]) as response:
        assert response.status == 401
    async with emulator.session.get(node["url"], headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert await response.read() == PNG
    await emulator.control("clock", {"skip": 301})
    async with emulator.session.get(node["url"], headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert response.status == 404


async def test_deleted_media_is_gone(emulator: Harness):
    _, uploaded = await emulator.graph("POST", f"{NUMBER}/media", data=upload(PNG, "image/png"))
    assert await emulator.graph("DELETE", uploaded["id"]) == (200, {"success": True})
    assert (await emulator.graph("GET", uploaded["id"]))[1]["error"]["error_subcode"] == 33


async def test_media_that_is_not_what_it_says_is_refused(emulator: Harness):
    status, answer = await emulator.graph("POST", f"{NUMBER}/media", data=upload(PNG, "image/jpeg"))
    assert (status, answer["error"]["code"]) == (400, 131053)


async def test_a_picture_belongs_to_the_number_that_uploaded_it(emulator: Harness):
    components = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "x"}]
    template = {"name": "picture", "language": "ja", "components": components}
    await emulator.control("setup", {"accounts": [{"id": ACCOUNT, "templates": [template]}]})
    _, uploaded = await emulator.graph("POST", f"{NUMBER}/media", data=upload(PNG, "image/png"))
    body = template_body("+819012345678", name="picture")
    image = {"type": "image", "image": {"id": uploaded["id"]}}
    body["template"]["components"] = [{"type": "header", "parameters": [image]}]
    await emulator.send_accepted(body)
    status, answer = await emulator.send(body, number=OTHER_NUMBER)
    assert (status, answer["error"]["code"]) == (400, 100)


@pytest.mark.parametrize(
    ("content", "types"),
    [
        (b"\xff\xd8\xff\xe0", ("image/jpeg",)),
        (b"RIFF0000WEBPVP8 ", ("image/webp",)),
        (b"\x00\x00\x00\x18ftypmp42", ("video/mp4", "audio/mp4")),
        (b"%PDF-1.7", ("application/pdf",)),
        (b"plain", ("text/plain",)),
        (b"\x00\x01\x02\xff", ()),
        (b"", ()),
    ],
)
def test_content_tells_what_it_is(content, types):
    assert sniff(content) == types


def test_a_picture_over_5_megabytes_is_too_large():
    with pytest.raises(Exception, match="131053"):
        check_file(PNG + b"0" * 5 * 1024 * 1024, "image/png")


async def test_templates_come_in_pages(emulator: Harness):
    more = [{"name": f"t{n:02}", "language": "en", "components": [{"type": "BODY", "text": "x"}]} for n in range(6)]
    await emulator.control("setup", {"accounts": [{"id": ACCOUNT, "templates": more}]})
    names, path = [], f"{ACCOUNT}/message_templates?fields=name,status&limit=3"
    while path:
        _, page = await emulator.graph("GET", path)
        names += [template["name"] for template in page["data"]]
        assert set(page["data"][0]) == {"id", "name", "status"}
        path = page["paging"].get("next", "").partition("/v26.0/")[2]
    assert names == ["welcome", *(f"t{n:02}" for n in range(6))]


async def test_templates_are_found_by_name_and_status(emulator: Harness):
    _, found = await emulator.graph("GET", f"{ACCOUNT}/message_templates?name=welcome&status=APPROVED")
    assert [template["language"] for template in found["data"]] == ["ja"]
    _, found = await emulator.graph("GET", f"{ACCOUNT}/message_templates?status=PAUSED")
    assert found["data"] == []


async def test_a_new_template_is_reviewed_and_then_announced(emulator: Harness):
    await emulator.control("knobs", {"template_review_seconds": 0.05})
    form = {"name": "fresh", "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": "x"}]}
    status, created = await emulator.graph("POST", f"{ACCOUNT}/message_templates", json=form)
    assert (status, created["status"]) == (200, "PENDING")
    await asyncio.sleep(0.1)
    await emulator.settle()
    _, template = await emulator.graph("GET", created["id"])
    assert template["status"] == "APPROVED"
    assert emulator.gateway.values()[0]["event"] == "APPROVED"
    assert (await emulator.graph("POST", f"{ACCOUNT}/message_templates", json=form))[1]["error"]["code"] == 100
    assert (await emulator.graph("DELETE", f"{ACCOUNT}/message_templates?name=fresh"))[0] == 200
    assert (await emulator.graph("GET", created["id"]))[0] == 400


async def test_numbers_are_listed_with_the_fields_asked_for(emulator: Harness):
    _, listed = await emulator.graph("GET", f"{ACCOUNT}/phone_numbers?fields=display_phone_number,status")
    assert listed["data"][0] == {"display_phone_number": "+1 555-005-1310", "status": "CONNECTED", "id": NUMBER}
    fields = "quality_rating,throughput,whatsapp_business_manager_messaging_limit"
    _, number = await emulator.graph("GET", f"{NUMBER}?fields={fields}")
    assert number == {
        "quality_rating": "GREEN",
        "throughput": {"level": "STANDARD"},
        "whatsapp_business_manager_messaging_limit": "TIER_UNLIMITED",
        "id": NUMBER,
    }


async def test_an_account_has_a_name(emulator: Harness):
    _, account = await emulator.graph("GET", f"{ACCOUNT}?fields=name,currency")
    assert account == {"name": "Sample account", "currency": "USD", "id": ACCOUNT}


async def test_a_wrong_pin_does_not_register(emulator: Harness):
    await emulator.graph("POST", NUMBER, json={"pin": "111111"})
    register = {"messaging_product": "whatsapp", "pin": "222222"}
    assert (await emulator.graph("POST", f"{NUMBER}/register", json=register))[1]["error"]["code"] == 133005


@pytest.mark.parametrize("version", ["v21.0", "v26.0", "v30.0"])
async def test_any_current_version_is_served(emulator: Harness, version):
    url = f"{emulator.address}/{version}/{NUMBER}"
    async with emulator.session.get(url, headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert response.status == 200


async def test_an_unknown_path_is_a_graph_error(emulator: Harness):
    async with emulator.session.get(f"{emulator.address}/v20.0/{NUMBER}") as response:
        assert (await response.json())["error"]["code"] == 2635
    async with emulator.session.get(f"{emulator.address}/nowhere") as response:
        assert response.status == 404
    assert (await emulator.graph("GET", f"{NUMBER}/nothing"))[1]["error"]["error_subcode"] == 33
