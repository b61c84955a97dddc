"""In which language somebody is answered."""

import pytest

from switchboard.replies.answering.languages import language_of


@pytest.mark.parametrize(
    ("text", "known", "country", "language"),
    [
        ("返品したい", "", "US", "ja"),
        ("我想退货", "", "JP", "zh"),
        ("我想退货", "ja", "JP", "zh"),
        ("営業時間", "", "CN", "ja"),
        ("発送日", "zh", "CN", "ja"),
        ("退貨", "", "JP", "zh"),
        ("退貨", "ja", "JP", "zh"),
        ("我想問運費", "", "JP", "zh"),
        ("多少錢", "ja", "JP", "zh"),
        ("貨到付款", "ja", "JP", "zh"),
        ("什麼時候到", "", "JP", "zh"),
        ("我要買", "", "JP", "zh"),
        ("渡邊", "", "JP", "ja"),
        ("齋藤", "", "JP", "ja"),
        ("檜風呂", "", "JP", "ja"),
        ("佐賀市内", "", "JP", "ja"),
        ("女性一名一部屋", "", "JP", "ja"),
        ("高品質", "", "JP", "ja"),
        ("代金引換", "", "JP", "ja"),
        ("你好", "", "JP", "zh"),
        ("大阪市北区", "", "JP", "ja"),
        ("返品", "", "TW", "ja"),
        ("返金希望", "zh", "CN", "ja"),
        ("配送時間", "", "JP", "ja"),
        ("配送時間", "", "TW", "zh"),
        ("送料", "zh", "", "zh"),
        ("refund", "", "JP", "en"),
        ("refund", "ja", "JP", "ja"),
        ("مرحبا", "", "JP", "en"),
        ("반품", "zh", "JP", "zh"),
        ("😀", "", "JP", "ja"),
        ("", "", "", "en"),
    ],
)
def test_the_writing_tells_the_language_else_what_is_known(text: str, known: str, country: str, language: str) -> None:
    assert language_of(known, text, country) == language


@pytest.mark.parametrize(
    ("text", "known", "country", "earlier", "language"),
    [
        ("送料", "", "JP", ("我想退货",), "zh"),
        ("配送", "", "TW", ("付款", "OK", "返品したいです"), "ja"),
        ("送料", "ja", "CN", ("我想退货",), "ja"),
        ("退貨", "", "JP", ("返品したいです",), "zh"),
        ("😀", "", "JP", ("thank you so much",), "en"),
        ("送料", "", "JP", ("OK", "配送"), "ja"),
    ],
)
def test_what_the_writing_leaves_open_is_answered_as_the_person_wrote_before(
    text: str, known: str, country: str, earlier: tuple[str, ...], language: str
) -> None:
    assert language_of(known, text, country, earlier) == language
