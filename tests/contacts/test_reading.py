"""Files as rows: delimiters, headers, quotes, and the things that go wrong in real ones."""

from pathlib import Path

import pytest

from switchboard.contacts import reading
from switchboard.contacts.errors import EmptyFileError, NotATableError, UnknownEncodingError
from switchboard.contacts.types import Row


def write(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_bytes(text.encode())
    return path


def rows(folder: Path, text: str, delimiter: str = ",") -> list[Row]:
    with write(folder, text).open("rb") as file:
        return list(reading.read_rows(file, encoding="utf-8", delimiter=delimiter))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_it_finds_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(delimiter.join(cells) for cells in [("name", "phone", "city"), ("Ann, B.", "0901", "東京")])
    path = write(tmp_path, text.replace("Ann, B.", '"Ann, B."'))
    assert reading.guess_delimiter(path, "utf-8") == delimiter


def test_it_takes_one_column_for_a_file_of_numbers_only(tmp_path: Path) -> None:
    shape = reading.describe_file(write(tmp_path, "09012345678\n09012345679\n"), "JP")
    assert (shape.has_header, shape.columns) == (False, ("column 1",))


def test_it_sees_that_a_first_row_with_a_number_is_no_header(tmp_path: Path) -> None:
    assert not reading.describe_file(write(tmp_path, "佐藤,090-1234-5678\n鈴木,090-1234-5679\n"), "JP").has_header


def test_it_names_columns_that_have_no_name_or_the_same(tmp_path: Path) -> None:
    shape = reading.describe_file(write(tmp_path, "\n\nphone,,memo,memo\n0901,x,y,z\n"), "JP")
    assert shape.columns == ("phone", "column 2", "memo", "memo (4)")


def test_it_keeps_quotes_commas_and_line_breaks_inside_a_cell(tmp_path: Path) -> None:
    text = 'name,memo\r\nAnn,"said ""call me"",\r\nafter 6"\r\nBob,\r\n'
    assert rows(tmp_path, text)[1:] == [Row(2, ["Ann", 'said "call me",\r\nafter 6']), Row(4, ["Bob", ""])]


def test_it_leaves_out_blank_lines_and_rows_of_empty_cells(tmp_path: Path) -> None:
    assert [row.line for row in rows(tmp_path, "a,b\n\n,,\n 　,\n1,2\n")] == [1, 5]


def test_it_drops_nuls(tmp_path: Path) -> None:
    assert rows(tmp_path, "a\0b,c\n") == [Row(1, ["ab", "c"])]


def test_it_takes_the_line_ends_of_every_system(tmp_path: Path) -> None:
    assert [row.cells for row in rows(tmp_path, "a,b\r1,2\r\n3,4\n")] == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_it_names_the_line_where_a_quote_never_ends(tmp_path: Path) -> None:
    with pytest.raises(NotATableError, match="From line 3 on"):
        rows(tmp_path, 'a,b\n1,2\n"3,4\n' + "5,6\n" * 60_000)


def test_it_refuses_a_file_without_line_ends(tmp_path: Path) -> None:
    with pytest.raises(NotATableError, match="Line 1 is longer"):
        rows(tmp_path, "x" * 1_600_000)


def test_it_refuses_a_file_without_rows(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError):
        reading.shape_file(write(tmp_path, "\n\n,,\n"), encoding="utf-8", delimiter=",", country="JP")


def test_it_refuses_an_encoding_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UnknownEncodingError, match="Choose one of"):
        reading.shape_file(write(tmp_path, "a\n"), encoding="klingon", delimiter=",", country="JP")
