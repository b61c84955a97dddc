"""Calling codes: which country a phone belongs to, and the language its owner writes."""

from functools import cache

COUNTRIES = {
    "1": "US", "7": "RU", "20": "EG", "27": "ZA", "30": "GR", "31": "NL", "32": "BE", "33": "FR", "34": "ES",
    "39": "IT", "40": "RO", "41": "CH", "43": "AT", "44": "GB", "45": "DK", "46": "SE", "47": "NO", "48": "PL",
    "49": "DE", "51": "PE", "52": "MX", "54": "AR", "55": "BR", "56": "CL", "57": "CO", "60": "MY", "61": "AU",
    "62": "ID", "63": "PH", "64": "NZ", "65": "SG", "66": "TH", "81": "JP", "82": "KR", "84": "VN", "86": "CN",
    "90": "TR", "91": "IN", "92": "PK", "94": "LK", "95": "MM", "212": "MA", "234": "NG", "254": "KE",
    "351": "PT", "353": "IE", "358": "FI", "380": "UA", "420": "CZ", "852": "HK", "853": "MO", "855": "KH",
    "880": "BD", "886": "TW", "965": "KW", "966": "SA", "971": "AE", "972": "IL", "977": "NP",
}  # fmt: skip
LANGUAGES = {"JP": "ja", "CN": "zh", "HK": "zh", "MO": "zh", "TW": "zh"}


@cache
def country_of_prefix(prefix: str) -> str:
    for length in (3, 2, 1):
        if country := COUNTRIES.get(prefix[:length]):
            return country
    return "US"


def country_of(phone: str) -> str:
    """Return the ISO country of a phone in digits; US when its calling code is not listed."""
    return country_of_prefix(phone[:3])


# Country codes under +1 that are not the United States: Canada, then the Caribbean and the Pacific.
OTHER_AREAS = frozenset({
    204, 226, 236, 249, 250, 257, 263, 289, 306, 343, 354, 365, 367, 368, 382, 403,
    416, 418, 428, 431, 437, 438, 450, 460, 468, 474, 506, 514, 519, 548, 568, 579,
    581, 584, 587, 600, 604, 613, 622, 639, 647, 672, 683, 705, 709, 742, 753, 778,
    780, 782, 807, 819, 825, 867, 873, 879, 902, 905, 942, 242, 246, 264, 268, 284,
    340, 345, 441, 473, 649, 658, 664, 670, 671, 684, 721, 758, 767, 784, 787, 809,
    829, 849, 868, 869, 876, 939, 555, 800, 833, 844, 855, 866, 877, 888,
})  # fmt: skip
BRAZIL_KEEPS_NINE_UP_TO = 28


def is_united_states(phone: str) -> bool:
    """Say whether a phone has an area code of the United States (555 is nobody's, so examples stay possible)."""
    return phone.startswith("1") and len(phone) == 11 and phone[1] in "23456789" and int(phone[1:4]) not in OTHER_AREAS


def calling_code_of(phone: str) -> str:
    for length in (3, 2, 1):
        if phone[:length] in COUNTRIES:
            return phone[:length]
    return phone[:1]


def whatsapp_id(phone: str) -> str:
    """Return the id WhatsApp keeps for a phone: Brazil, Mexico and Argentina are written in two ways there."""
    if phone.startswith("55") and phone[2:4].isdecimal():
        return _brazilian(phone)
    if phone.startswith("52") and len(phone) == 12:
        return "521" + phone[2:]
    if phone.startswith("54") and len(phone) == 12:
        return "549" + phone[2:]
    return phone


def _brazilian(phone: str) -> str:
    keeps_nine = int(phone[2:4] or 0) <= BRAZIL_KEEPS_NINE_UP_TO
    if len(phone) == 13 and phone[4] == "9" and not keeps_nine:
        return phone[:4] + phone[5:]
    if len(phone) == 12 and phone[4] in "6789" and keeps_nine:
        return f"{phone[:4]}9{phone[4:]}"
    return phone


def language_of(phone: str) -> str:
    """Return ja, zh or en."""
    return LANGUAGES.get(country_of(phone), "en")
