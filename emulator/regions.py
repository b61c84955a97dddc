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


def language_of(phone: str) -> str:
    """Return ja, zh or en."""
    return LANGUAGES.get(country_of(phone), "en")
