"""Which encoding a file is in, told from its bytes alone: the same file always gets the same answer.

A file that is valid UTF-8 is UTF-8. Otherwise each East Asian encoding that can decode the lines with non-ASCII
bytes is scored by how ordinary its characters would be; short lists of names are enough.
"""

import codecs
from functools import lru_cache
from pathlib import Path

from switchboard.contacts.errors import BinaryFileError, EmptyFileError, UnknownEncodingError

# What people may choose; the first that fits is proposed.
ENCODINGS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "cp932",
    "gb18030",
    "euc_jp",
    "iso2022_jp",
    "big5",
    "euc_kr",
    "cp1252",
    "latin-1",
)
# What Windows writes under these names is a little more than the standards have; a mark is never part of a heading.
DECODERS = {"utf-8": "utf-8-sig", "big5": "cp950", "euc_kr": "cp949"}
_CHUNK_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 17
_LOWEST_SCORE = 0.25

_SIGNATURES = {
    b"PK\x03\x04": "This is an Excel workbook or a ZIP file, not a CSV file. In Excel choose File, Save As, “CSV UTF-8”, and import that file.",
    b"\xd0\xcf\x11\xe0": "This is an old Excel workbook (.xls), not a CSV file. In Excel choose File, Save As, “CSV UTF-8”, and import that file.",
    b"%PDF": "This is a PDF, not a CSV file. Export the list as CSV from the program that holds it, and import that file.",
    b"\x1f\x8b": "This is a compressed file. Unpack it first and import the CSV file inside.",
    b"\x89PNG": "This is a picture, not a CSV file. Export the list as CSV from the program that holds it, and import that file.",
    b"\xff\xd8\xff": "This is a picture, not a CSV file. Export the list as CSV from the program that holds it, and import that file.",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

_JAPANESE = frozenset(
    "佐藤鈴木高橋田中伊渡辺山本村小林加吉斎松井清阿部森池石川前岡長谷近坂遠青福西太三原和竹金子東京大阪名古屋横浜札幌神戸都仙台広島"
    "埼玉千葉県府道市区町氏電話番号携帯住所言語備考顧客会員誕生日性別注文最終退停止配信美花翔愛結菜陽斗健一郎次恵由香真理博樹雄介拓也"
    "沙織明彦洋裕隆正浩幸直行宏智文秀夫男女年月上下店様新古沼水野桜崎宮桑柴澤浅久保酒内藍塚矢黒白鷹島安達後関根菊荒"
)
_CHINESE = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯于董程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜戴夏钟汪田任姜范方石姚谭廖邹"
    "熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂北京上海广州深"
    "圳重庆天津南武汉成都杭西安姓名电话手机号码邮箱语言城市备注标签客户地址省区小大中国人一二三子春华建国玉红梅志德荣欣怡雨晨浩宇轩梓涵"
)

_TRADITIONAL = frozenset(
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余趙盧梁顏柯孫魏翁戴范方宋鄧杜傅侯曹薛丁卓馬董唐溫藍石紀"
    "姓名電話號碼手機地址住臺台北市新中南桃園縣區鄉鎮路街段巷弄樓大小備註標籤客戶會員城語言性別生日國年月家美玲惠淑芬雅婷志明俊傑建宏怡君文雄春秀英"
    "華玉珍香港九龍澳門退訂信箱訂單購買產品公司聯絡人麗娟慧萍儀芳欣豪偉強德榮國輝嘉佳"
)
_KOREAN = frozenset(
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진지은수영현미희경숙자호준연예원빈아라나다가름화번주소메모일회고객도시울부산대인천광역동로길녀여생년월취거님의에을를핸드폰휴대전연락처비등록기용철상재훈석규태형혜선순옥"
)


def detect_encoding(path: Path, country: str = "") -> str:
    """Return the encoding of a text file; where two fit equally, the one of `country`.

    :raises EmptyFileError: nothing in it.
    :raises BinaryFileError: not text at all.
    :raises UnknownEncodingError: text of no known encoding.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise EmptyFileError
    marked = _find_marked(head)
    if marked:
        return marked
    is_utf8, sample = _scan(path)
    return "utf-8" if is_utf8 else guess_encoding(sample, country)


def guess_encoding(sample: bytes, country: str = "") -> str:
    """Return the likeliest encoding of bytes that are not UTF-8.

    :raises UnknownEncodingError: nothing fits.
    """
    scores = {name: _score(sample, name) for name in _WEIGHTS}
    home = {"JP": "cp932", "CN": "gb18030", "SG": "gb18030", "TW": "big5", "HK": "big5", "KR": "euc_kr"}.get(
        country, ""
    )
    if home and scores[home] > 0:
        scores[home] += 0.05
    best = max(scores, key=lambda name: scores[name])
    if scores[best] >= _LOWEST_SCORE:
        return best
    if _is_half_width(sample):
        return "cp932"
    if _is_western(sample):
        return "cp1252"
    if _is_nearly_utf8(sample):
        return "utf-8"
    raise UnknownEncodingError


def _find_marked(head: bytes) -> str:
    """Return the encoding that the first bytes give away.

    :raises BinaryFileError: they give away that it is no text.
    """
    for signature, sentence in _SIGNATURES.items():
        if head.startswith(signature):
            raise BinaryFileError(sentence)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if b"\x1b$B" in head or b"\x1b$@" in head:
        return "iso2022_jp"
    if b"\0" in head:
        # UTF-16 without a mark: every ASCII character leaves its zero on the same side.
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) > len(head) // 16 and min(even, odd) <= max(even, odd) // 20:
            return "utf-16-le" if odd > even else "utf-16-be"
    controls = sum(byte < 32 and byte not in (0, 9, 10, 12, 13, 27) for byte in head)
    # A stray zero or two is dirt in a text; many are a program's own format.
    if controls > len(head) // 50 or head.count(0) > 8 + len(head) // 50:
        raise BinaryFileError
    return ""


def _scan(path: Path) -> tuple[bool, bytes]:
    """Read the file once: is it UTF-8 to the end, and if not, some of its lines with non-ASCII bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, sample, rest = True, bytearray(), b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            if is_utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
            if len(sample) < _SAMPLE_BYTES:
                *lines, rest = (rest + chunk).split(b"\n")
                rest = rest[-_CHUNK_BYTES:]
                _keep_telling(lines, sample)
            elif not is_utf8:
                break
    _keep_telling([rest], sample)
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    return is_utf8, bytes(sample)


def _keep_telling(lines: list[bytes], sample: bytearray) -> None:
    for line in lines:
        if not line.isascii() and len(sample) < _SAMPLE_BYTES:
            sample += line + b"\n"


def _score(sample: bytes, encoding: str) -> float:
    """Return how ordinary the characters would be, from about −2 to 2; −9 when it cannot be this encoding."""
    decoder = DECODERS.get(encoding, encoding)
    try:
        text = sample.decode(decoder)
    except UnicodeDecodeError as error:
        # One cut or broken character in a long text does not rule an encoding out.
        if error.start < len(sample) * 0.98:
            text = sample.decode(decoder, "replace")
            if text.count("\ufffd") > len(text) // 500:
                return -9.0
        else:
            text = sample[: error.start].decode(decoder)
    strange = [character for character in text if character > "\x7f"]
    if not strange:
        return -9.0
    return sum(map(_WEIGHTS[encoding], strange)) / len(strange)


@lru_cache(maxsize=65536)
def _weigh_japanese(character: str) -> float:
    if "\u3041" <= character <= "\u30ff":
        return 1.5
    if "\uff61" <= character <= "\uff9f":
        return 0.0
    if "\u4e00" <= character <= "\u9fff":
        if character in _JAPANESE:
            return 2.0
        lead = character.encode("euc_jp", "replace")[0]
        return 1.0 if 0xB0 <= lead <= 0xCF else -0.7
    return _weigh_other(character)


@lru_cache(maxsize=65536)
def _weigh_chinese(character: str) -> float:
    if "\u3041" <= character <= "\u30ff":
        return 0.0
    if "\u4e00" <= character <= "\u9fff":
        if character in _CHINESE:
            return 2.0
        lead = character.encode("gb2312", "replace")[0]
        return 1.0 if 0xB0 <= lead <= 0xD7 else 0.2 if lead > 0xD7 else -1.0
    return _weigh_other(character)


@lru_cache(maxsize=65536)
def _weigh_traditional(character: str) -> float:
    if "\u4e00" <= character <= "\u9fff":
        if character in _TRADITIONAL:
            return 2.0
        lead = character.encode("big5", "replace")[0]
        return 1.0 if 0xA4 <= lead <= 0xC6 else -0.7
    return _weigh_other(character)


@lru_cache(maxsize=65536)
def _weigh_korean(character: str) -> float:
    # Chinese read as Korean is full of syllables that nobody uses.
    if "\uac00" <= character <= "\ud7a3":
        return 2.0 if character in _KOREAN else 0.4
    return -0.7 if "\u4e00" <= character <= "\u9fff" else _weigh_other(character)


def _weigh_other(character: str) -> float:
    if "\u3000" <= character <= "\u303f" or "\uff01" <= character <= "\uff5e":
        return 0.7
    return -2.0 if character == "\ufffd" or "\ue000" <= character <= "\uf8ff" else -1.0


# What is tried, and how ordinary a character is there.
_WEIGHTS = {
    "cp932": _weigh_japanese,
    "gb18030": _weigh_chinese,
    "euc_jp": _weigh_japanese,
    "big5": _weigh_traditional,
    "euc_kr": _weigh_korean,
}


def _is_half_width(sample: bytes) -> bool:
    """Tell whether it is Japanese of half-width letters and little else, as old tills and banks write it."""
    try:
        text = sample.decode("cp932")
    except UnicodeDecodeError:
        return False
    strange = [character for character in text if character > "\x7f"]
    return sum("\uff61" <= character <= "\uff9f" for character in strange) >= 0.9 * len(strange)


def _is_western(sample: bytes) -> bool:
    """Tell whether the strange bytes would be letters of Western Europe, standing among ASCII letters."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    strange = [character for character in text if character > "\x7f"]
    letters = sum(character.isalpha() or character in "’‘“”–—…€°º«»¿¡\u00a0" for character in strange)
    return letters >= 0.9 * len(strange) and len(strange) <= 0.4 * len(text)


def _is_nearly_utf8(sample: bytes) -> bool:
    """Tell whether it is UTF-8 but for a few broken places; the rows that hold them are refused one by one."""
    text = sample.decode("utf-8", "replace")
    strange = sum(character > "\x7f" for character in text)
    return text.count("\ufffd") * 10 < strange
