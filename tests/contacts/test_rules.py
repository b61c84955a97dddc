"""What columns and rows mean."""

import pytest

from switchboard.contacts import rules
from switchboard.contacts.rules import RowParser
from switchboard.contacts.types import Person, Problem, Row

COLUMNS = ("氏名", "電話番号", "メール", "言語", "zone", "市", "タグ", "配信停止")


def parse(*cells: str, columns: tuple[str, ...] = COLUMNS) -> Person | Problem:
    parser = RowParser(columns, rules.suggest_mapping(columns, [], "JP"), "JP")
    return parser.parse_row(Row(2, list(cells)))


def person(*cells: str) -> Person:
    result = parse(*cells)
    assert isinstance(result, Person)
    return result


@pytest.mark.parametrize(
    ("headings", "targets"),
    [
        (("氏名", "電話番号", "言語"), ["name", "phone", "language"]),
        (("お名前", "携帯電話番号", "メールアドレス", "配信停止"), ["name", "phone", "email", "opt_out"]),
        (("姓名", "手机号码", "邮箱", "退订", "标签"), ["name", "phone", "email", "opt_out", "tags"]),
        (("Full Name", "Phone_Number", "E-Mail", "Time Zone"), ["name", "phone", "email", "zone"]),
        (("姓", "名", "ＴＥＬ"), ["family_name", "given_name", "phone"]),
        (("First name", "Last name", "WhatsApp number"), ["given_name", "family_name", "phone"]),
        (("phone", "mobile", "plan"), ["phone", "field:mobile", "field:plan"]),
    ],
)
def test_it_knows_columns_by_their_headings(headings: tuple[str, ...], targets: list[str]) -> None:
    assert list(rules.suggest_mapping(headings, [], "JP").values()) == targets


def test_it_knows_columns_without_a_known_heading_by_their_cells() -> None:
    samples = [["1", "090-1234-5678", "a@example.com"], ["2", "", "b@example.com"], ["3", "080-1234-5678", "c"]]
    mapping = rules.suggest_mapping(("id", "x", "y"), samples, "JP")
    assert mapping == {"id": "field:id", "x": "phone", "y": "email"}


def test_it_leaves_the_phone_open_when_no_column_holds_numbers() -> None:
    assert "phone" not in rules.suggest_mapping(("city", "plan"), [["東京", "Free"]], "JP").values()


def test_it_reads_a_full_row() -> None:
    found = person(
        " 佐藤　太郎 ",
        "０９０－１２３４－５６７８",
        "a@example.com",
        "日本語",
        "Asia/Tokyo",
        "札幌",
        "VIP、新規,VIP",
        "",
    )
    assert found == Person(
        line=2,
        phone="+819012345678",
        country="JP",
        name="佐藤 太郎",
        email="a@example.com",
        language="ja",
        zone="Asia/Tokyo",
        fields={"市": "札幌"},
        tags=("VIP", "新規"),
        is_opted_out=False,
    )


def test_missing_cells_at_the_end_of_a_row_are_empty() -> None:
    assert person("佐藤", "09012345678").fields == {}


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (("佐藤", ""), Problem("電話番号", "empty")),
        (("佐藤", "8.19012E+11"), Problem("電話番号", "scientific")),
        (("佐藤", "12345"), Problem("電話番号", "too_short")),
        (("佐�", "09012345678"), Problem("氏名", rules.BROKEN_CHARACTERS)),
        (("佐" * 300, "09012345678"), Problem("氏名", rules.TOO_LONG_TEXT)),
        (("佐藤", "09012345678", "", "", "", "x" * 2001), Problem("市", rules.TOO_LONG_TEXT)),
        (("佐藤", "09012345678", "", "", "", "", "", "maybe"), Problem("配信停止", rules.OPT_OUT_UNCLEAR)),
        (("佐藤", "09012345678", "", "", "", "", "", "", "more"), Problem("", rules.TOO_MANY_CELLS)),
    ],
)
def test_it_refuses_a_row_and_says_which_cell_is_to_blame(cells: tuple[str, ...], problem: Problem) -> None:
    assert parse(*cells) == problem


def test_it_leaves_out_a_cell_it_cannot_use_and_notes_it() -> None:
    found = person("佐藤", "09012345678", "no address", "elvish?!", "Mars/Olympus", "", "", "")
    assert (found.email, found.language, found.zone) == ("", "", "")
    assert [note.reason for note in found.notes] == [rules.EMAIL_LEFT_OUT, rules.LANGUAGE_LEFT_OUT, rules.ZONE_LEFT_OUT]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", False),
        ("1", True),
        ("停止", True),
        ("退订", True),
        ("Opt out", True),
        ("no", False),
        ("×", False),
        ("?", None),
    ],
)
def test_it_never_guesses_whether_somebody_opted_out(text: str, answer: bool | None) -> None:
    assert rules.parse_flag(text) is answer


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("日本語", "ja"),
        ("ja-JP", "ja_JP"),
        ("zh", "zh_CN"),
        ("中文", "zh_CN"),
        ("English", "en"),
        ("en_us", "en_US"),
        ("??", ""),
    ],
)
def test_it_writes_languages_as_templates_do(text: str, language: str) -> None:
    assert rules.parse_language(text) == language


@pytest.mark.parametrize(
    ("family", "given", "name"), [("佐藤", "太郎", "佐藤 太郎"), ("Smith", "Ann", "Ann Smith"), ("", "Ann", "Ann")]
)
def test_it_joins_names_in_the_order_of_their_script(family: str, given: str, name: str) -> None:
    result = parse(family, given, "09012345678", columns=("姓", "名", "電話"))
    assert isinstance(result, Person)
    assert result.name == name


def test_it_takes_the_first_valid_number_of_several_columns() -> None:
    parser = RowParser(("tel", "mobile"), {"tel": "phone", "mobile": "phone"}, "JP")
    result = parser.parse_row(Row(2, ["none", "090-1234-5678"]))
    assert isinstance(result, Person)
    assert result.phone == "+819012345678"
