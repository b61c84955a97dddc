"""A file's national numbers are read as those of the country it comes from."""

import pytest

from switchboard.contacts import rules

CHINESE = [["王芳", "13800138000"], ["李伟", "139 1234 5678"]]
JAPANESE = [["田中", "090-1234-5678"]]


@pytest.mark.parametrize(
    ("cells", "encoding", "expected"),
    [
        (CHINESE, "gb18030", "CN"),
        (CHINESE, "utf-8", "JP"),
        (JAPANESE, "gb18030", "JP"),
        (JAPANESE, "cp932", "JP"),
        ([["Emma", "+447911123456"]], "gb18030", "JP"),
    ],
)
def test_the_encoding_decides_only_where_it_reads_more_numbers(cells, encoding, expected):
    assert rules.suggest_country(cells, encoding, "JP") == expected
