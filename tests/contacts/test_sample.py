"""The sample file: as messy as promised, and imported exactly as it says."""

import csv
from pathlib import Path

import pytest

from switchboard.contacts import sample
from switchboard.contacts.encoding import detect_encoding
from switchboard.core import phone
from tests.contacts.conftest import RunImport


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        sample.write_sample(tmp_path / name, rows=300, seed=seed)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_it_is_as_messy_as_real_files(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    summary = sample.write_sample(path)
    content = path.read_bytes()
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True)))
    assert content.startswith(b"\xef\xbb\xbf")
    assert len(rows) == summary.rows + 1 == 10_001
    assert 0.02 < summary.repeated / summary.rows < 0.04
    assert 0.04 < summary.impossible / summary.rows < 0.06
    assert summary.opted_out > 100
    text = content.decode("utf-8-sig")
    assert all(sign in text for sign in ("０９０", "tel:+", "'0", '""', "\n次回", "Müller"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932", "euc_jp", "gb18030"])
def test_an_import_finds_exactly_what_it_holds(tmp_path: Path, run_import: RunImport, encoding: str) -> None:
    path = tmp_path / "sample.csv"
    summary = sample.write_sample(path, rows=600, seed=9, encoding=encoding)
    result = run_import(path.read_bytes(), country=summary.country)
    assert (result.created, result.skipped, result.failed) == (summary.usable, summary.repeated, summary.impossible)
    assert result.reasons["notes"] == {"opted_out": summary.opted_out}


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "gb18030"])
def test_its_encoding_is_recognised(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "sample.csv"
    sample.write_sample(path, rows=50, encoding=encoding)
    assert detect_encoding(path) == encoding


def test_people_live_in_many_zones(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    sample.write_sample(path, rows=1000)
    with path.open(encoding="utf-8-sig", newline="") as file:
        numbers = [phone.parse_phone(row["電話番号"], "JP") for row in csv.DictReader(file)]
    countries = [number.country for number in numbers if not number.reason]
    assert {"JP", "CN", "US", "BR", "DE", "GB"} <= set(countries)
    far = sum(country not in {"JP", "CN"} for country in countries)
    assert 0.08 < far / len(countries) < 0.2
