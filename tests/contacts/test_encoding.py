"""Which encoding a file is in: right for short lists, and for what people's programs really write."""

from pathlib import Path

import pytest

from switchboard.contacts import encoding
from switchboard.contacts.errors import BinaryFileError, EmptyFileError, UnknownEncodingError

JAPANESE = "氏名,電話番号\n佐藤 太郎,090-1234-5678\n"
CHINESE = "姓名,电话\n王伟,13800138000\n"
WESTERN = "Name,Phone\nJosé Müller,+49 1512 3456789\n"


def write(folder: Path, content: bytes) -> Path:
    path = folder / "list.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        ("name,phone\nAnn,0901\n", "ascii", "utf-8"),
        (JAPANESE, "utf-8", "utf-8"),
        (JAPANESE, "utf-8-sig", "utf-8"),
        (JAPANESE, "utf-16", "utf-16"),
        (JAPANESE, "utf-16-le", "utf-16-le"),
        (JAPANESE, "utf-16-be", "utf-16-be"),
        (JAPANESE, "cp932", "cp932"),
        (JAPANESE, "euc_jp", "euc_jp"),
        ("ﾀﾅｶ ﾀﾛｳ,田中太郎,090\n", "cp932", "cp932"),
        ("谷口健,090\n", "cp932", "cp932"),
        (CHINESE, "gb18030", "gb18030"),
        ("李娜,138\n", "gb18030", "gb18030"),
        ("客户编号,备注\n1,已发货\n", "gb18030", "gb18030"),
        (JAPANESE, "iso2022_jp", "iso2022_jp"),
        ("ﾅﾏｴ,ﾃﾞﾝﾜ\nｻﾄｳ,09012345678\n", "cp932", "cp932"),
        ("～①Ⅱ㈱,表示\nソ連能,十予\n", "cp932", "cp932"),
        ("姓名,電話號碼\n陳大文,0912-345-678\n", "big5", "big5"),
        ("姓名,手機\n張惠妹,0912345678\n", "cp950", "big5"),
        ("이름,전화번호\n김철수,010-1234-5678\n", "euc_kr", "euc_kr"),
        ("이름,메모\n똠방,010\n박영희,\n", "cp949", "euc_kr"),
        (WESTERN, "cp1252", "cp1252"),
        ("naïve,090\n", "latin-1", "cp1252"),
    ],
)
@pytest.mark.parametrize("country", ["JP", "CN", "US"])
def test_it_recognises_an_encoding_whatever_the_workspace(
    tmp_path: Path, text: str, codec: str, expected: str, country: str
) -> None:
    assert encoding.detect_encoding(write(tmp_path, text.encode(codec)), country) == expected


def test_it_looks_past_a_long_plain_beginning(tmp_path: Path) -> None:
    content = b"name,phone\n" + b"Ann,0901\n" * 200_000 + "佐藤太郎,090\n".encode("cp932")
    assert encoding.detect_encoding(write(tmp_path, content)) == "cp932"


def test_one_broken_place_does_not_hide_what_a_file_is(tmp_path: Path) -> None:
    content = (JAPANESE * 50).encode() + b"\xe6\xbc,090\n" + (JAPANESE * 50).encode()
    assert encoding.detect_encoding(write(tmp_path, content)) == "utf-8"


@pytest.mark.parametrize("content", [b"", b" \r\n \n"])
def test_it_refuses_an_empty_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EmptyFileError, match="Choose a CSV file"):
        encoding.detect_encoding(write(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04" + bytes(200), "Excel workbook or a ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (b"%PDF-1.7\n", "Export the list as CSV"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\x1f\x8b\x08\x00", "Unpack it first"),
        (b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4, "not a text file"),
    ],
)
def test_it_refuses_a_binary_file_and_says_what_to_do(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(BinaryFileError, match=sentence):
        encoding.detect_encoding(write(tmp_path, content))


def test_it_refuses_what_no_encoding_explains(tmp_path: Path) -> None:
    content = b"name,phone\n" + bytes(range(0x80, 0x100)) * 3 + b"\n"
    with pytest.raises(UnknownEncodingError, match="Save it as CSV UTF-8"):
        encoding.detect_encoding(write(tmp_path, content))
