"""Meta's price markets and list prices, as published for 1 October 2026.

Prices hold per delivered message, by category and by the market of the recipient's country. They are a starting point
that every workspace may edit: Meta changes them each quarter, and its invoice is what counts.
"""

from decimal import Decimal

MARKETING, UTILITY, AUTHENTICATION, SERVICE = "marketing", "utility", "authentication", "service"
CATEGORIES = (MARKETING, UTILITY, AUTHENTICATION, SERVICE)
# Delivered service messages that are free in each calendar month, per number.
FREE_SERVICE_MESSAGES = 1000
OTHER = "other"

# Countries that are a market of their own.
_OWN_COUNTRIES = """
AR BR CL CO EG FR DE IN ID IL IT MY MX NL NG PK PE RU SA ZA ES TR AE GB
HK HU PL QA RO SG BD IQ NP LK KZ KW MA OM UA
"""
_OWN = frozenset(_OWN_COUNTRIES.split())
_REGIONS: dict[str, frozenset[str]] = {
    region: frozenset(countries.split())
    for region, countries in {
        "north_america": "US CA",
        "rest_of_western_europe": "AT BE DK FI IE NO PT SE CH LU IS MC LI MT AD SM",
        "rest_of_central_eastern_europe": "AL AM AZ BA BY BG CY CZ EE GE GR HR LT LV MD ME MK RS SI SK XK",
        "rest_of_asia_pacific": "AF AU BN BT CN JP KG KH KR LA MM MN MO MV NZ PG PH TH TJ TL TM TW UZ VN FJ",
        "rest_of_latin_america": "BO CR DO EC GT HN HT JM NI PA PR PY SV UY VE TT BB BS BZ GY SR",
        "rest_of_middle_east": "BH IR JO LB PS SY YE",
        "rest_of_africa": (
            "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ ER ET GA GH GM GN GQ GW KE KM LR LS LY MG ML MR MU MW MZ NA NE "
            "RW SC SD SL SN SO SS ST SZ TD TG TN TZ UG ZM ZW"
        ),
    }.items()
}
_MARKET_OF = {country: region for region, countries in _REGIONS.items() for country in countries}

# marketing and utility per message in EUR and USD; utility, authentication and service cost the same.
# CLOUD-API.md 6.3: transcriptions of Meta's cards of July and October 2026, not Meta's own file.
_LIST = """
AR 0.0512 0.0216 0.0618 0.0260
BR 0.0518 0.0056 0.0625 0.0068
CL 0.0736 0.0166 0.0889 0.0200
CO 0.0104 0.0008 0.0125 0.0008
EG 0.0533 0.0030 0.0644 0.0036
FR 0.0712 0.0248 0.0859 0.0300
DE 0.1131 0.0456 0.1365 0.0550
IN 0.0099 0.0012 0.0118 0.0014
ID 0.0341 0.0208 0.0411 0.0250
IL 0.0292 0.0044 0.0353 0.0053
IT 0.0658 0.0248 0.0794 0.0300
MY 0.0712 0.0116 0.0860 0.0140
MX 0.0253 0.0071 0.0305 0.0085
NL 0.1323 0.0414 0.1597 0.0500
NG 0.0428 0.0056 0.0516 0.0067
PK 0.0392 0.0083 0.0473 0.0100
PE 0.0582 0.0249 0.0703 0.0300
PL 0.0303 0.0101 0.0366 0.0122
SA 0.0414 0.0088 0.0500 0.0106
ZA 0.0314 0.0063 0.0379 0.0076
ES 0.0585 0.0166 0.0706 0.0200
TR 0.0090 0.0007 0.0109 0.0008
AE 0.0415 0.0130 0.0501 0.0157
GB 0.0526 0.0182 0.0635 0.0220
BD 0.0607 0.0031 0.0732 0.0037
north_america 0.0207 0.0028 0.0250 0.0034
rest_of_western_europe 0.0490 0.0142 0.0592 0.0171
rest_of_central_eastern_europe 0.0712 0.0175 0.0860 0.0212
rest_of_asia_pacific 0.0606 0.0094 0.0732 0.0113
rest_of_latin_america 0.0612 0.0094 0.0740 0.0113
rest_of_middle_east 0.0282 0.0075 0.0341 0.0091
rest_of_africa 0.0186 0.0033 0.0225 0.0040
other 0.0500 0.0064 0.0604 0.0077
"""
# Markets since 2026 whose own prices are not known here keep those of the region they were taken from.
_FORMERLY = {
    "HK": "rest_of_asia_pacific",
    "SG": "rest_of_asia_pacific",
    "NP": "rest_of_asia_pacific",
    "LK": "rest_of_asia_pacific",
    "KZ": "rest_of_central_eastern_europe",
    "HU": "rest_of_central_eastern_europe",
    "RO": "rest_of_central_eastern_europe",
    "UA": "rest_of_central_eastern_europe",
    "RU": "rest_of_central_eastern_europe",
    "QA": "rest_of_middle_east",
    "IQ": "rest_of_middle_east",
    "KW": "rest_of_middle_east",
    "OM": "rest_of_middle_east",
    "MA": "rest_of_africa",
}
_INDIA_IN_RUPEES = {MARKETING: Decimal("0.8631"), UTILITY: Decimal("0.1150")}

MARKETS: tuple[str, ...] = (*sorted(_OWN), *_REGIONS, OTHER)


def market_of(country: str) -> str:
    """Return the market of a two-letter country; unknown ones are "other"."""
    return country if country in _OWN else _MARKET_OF.get(country, OTHER)


def _read_list() -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    prices: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for line in _LIST.split("\n"):
        if line:
            market, *figures = line.split()
            euro_marketing, euro_utility, dollar_marketing, dollar_utility = map(Decimal, figures)
            prices["EUR", market] = (euro_marketing, euro_utility)
            prices["USD", market] = (dollar_marketing, dollar_utility)
    for market, region in _FORMERLY.items():
        for currency in ("EUR", "USD"):
            prices.setdefault((currency, market), prices[currency, region])
    prices["INR", "IN"] = (_INDIA_IN_RUPEES[MARKETING], _INDIA_IN_RUPEES[UTILITY])
    return prices


_PRICES = _read_list()
CURRENCIES_WITH_LIST = ("EUR", "USD")
# Those in which Meta bills; prices are set in each, not converted.
CURRENCIES = (
    "USD",
    "AED",
    "ARS",
    "AUD",
    "BRL",
    "CLP",
    "COP",
    "EUR",
    "GBP",
    "IDR",
    "INR",
    "MXN",
    "MYR",
    "PEN",
    "SAR",
    "SGD",
)


def list_price(currency: str, market: str, category: str) -> Decimal | None:
    """Return the list price of one delivered message, or nothing where none is known here."""
    found = _PRICES.get((currency, market))
    if found is None:
        return None
    return found[0] if category == MARKETING else found[1]
