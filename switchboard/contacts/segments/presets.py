"""Ready-made automatic tags, switched on by one click and edited like any other from then on. The figures are defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from switchboard.contacts.segments import tree

Tree = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PresetTag:
    """One tag of a preset; `name` is English, pages say it in their language when it is switched on."""

    key: str
    name: str
    colour: str
    rule: Tree


@dataclass(frozen=True, slots=True)
class Preset:
    """Tags that are switched on together. `needs` names the custom field that has to be chosen first."""

    key: str
    name: str
    about: str
    tags: tuple[PresetTag, ...]
    is_exclusive: bool = True
    needs: str = ""
    # Waits for a fact that nobody writes down yet.
    waits_for: str = ""
    has_owner: bool = False


def _moment(field: str, test: str, **figures: float) -> dict[str, Any]:
    return {"field": field, "test": test, **figures}


def _cycle(low: float, high: float) -> Tree:
    return {"all": [{"field": "purchase_cycle", "test": "between", "from": low, "to": high}]}


# Takes the place of the chosen custom field, and of the tag that agents give to people who complain.
FIELD = "field:?"
COMPLAINT = "complaint"


def _ages(test: str, ranges: tuple[tuple[str, str, int, int], ...]) -> tuple[PresetTag, ...]:
    return tuple(
        PresetTag(key, name, "cyan", {"all": [{"field": FIELD, "test": test, "from": low, "to": high}]})
        for key, name, low, high in ranges
    )


def _region(key: str, name: str, *countries: str) -> PresetTag:
    return PresetTag(key, name, "azure", {"all": [{"field": "country", "test": "in", "values": list(countries)}]})


_NEVER_WROTE = _moment("last_seen", "never")
_OFTEN = {"field": "sessions_7", "test": "at_least", "from": 3}

# In an exclusive group the first whose rule holds is the one, so each says only what the ones before it leave open.
PRESETS: dict[str, Preset] = {
    preset.key: preset
    for preset in (
        Preset(
            "activity",
            "Activity",
            "High: 3 or more sessions in 7 days. Middle: 1–2 in 30 days, or more without being high. "
            "Cooling: silent for 31–89 days. Low: silent for 90 days. New: never wrote.",
            (
                PresetTag("new", "Never wrote", "azure", {"all": [_NEVER_WROTE]}),
                PresetTag("high", "Activity: high", "green", {"all": [_OFTEN]}),
                PresetTag(
                    "cooling",
                    "Activity: cooling",
                    "orange",
                    {"all": [_moment("last_seen", "ago", **{"from": 31, "to": 90})]},
                ),
                PresetTag("low", "Activity: low", "red", {"all": [_moment("last_seen", "not_within", days=90)]}),
                PresetTag("middle", "Activity: middle", "teal", {"all": [_moment("last_seen", "within", days=31)]}),
            ),
        ),
        Preset(
            "member",
            "Membership",
            "New: joined less than 30 days ago. Active: 3 or more visits a week. Dormant: none for 30 days.",
            (
                PresetTag("member_active", "Member: active", "green", {"all": [_OFTEN]}),
                PresetTag("member_new", "Member: new", "azure", {"all": [_moment("joined", "within", days=30)]}),
                PresetTag(
                    "member_dormant",
                    "Member: dormant",
                    "orange",
                    {"all": [_moment("last_seen", "not_within", days=30)]},
                ),
            ),
        ),
        Preset(
            "asked",
            "Asked and not registered",
            "Asked within 3 months and has not registered. From the events “asked” and “registered”.",
            (
                PresetTag(
                    "asked_open",
                    "Asked, not registered",
                    "yellow",
                    {
                        "all": [
                            {"field": "event", "test": "did", "values": ["asked"], "days": 90},
                            {"field": "event", "test": "did_not", "values": ["registered"], "days": 0},
                        ]
                    },
                ),
            ),
            is_exclusive=False,
        ),
        Preset(
            "intent",
            "High intent",
            "Clicked a link and has not bought since: high intent for 7 days.",
            (
                PresetTag(
                    "high_intent",
                    "High intent",
                    "pink",
                    {"all": [{"field": "broadcast", "test": "clicked_not_bought", "broadcast": 0, "days": 7}]},
                ),
            ),
            is_exclusive=False,
            waits_for="clicks",
        ),
        Preset(
            "follow_up",
            "Follow up",
            "Read a broadcast and has not replied: follow up within 48 hours of reading.",
            (
                PresetTag(
                    "follow_up",
                    "Follow up",
                    "yellow",
                    {"all": [{"field": "broadcast", "test": "read_waiting", "broadcast": 0, "hours": 48}]},
                ),
            ),
            is_exclusive=False,
        ),
        Preset(
            "cycle",
            "Purchase cycle",
            "By each person's own interval between orders: due when it has passed, late at one and a half times, "
            "lost at two and a half.",
            (
                PresetTag("cycle_due", "Order due", "green", _cycle(1, 1.5)),
                PresetTag("cycle_late", "Order late", "orange", _cycle(1.5, 2.5)),
                PresetTag("cycle_lost", "Order lost", "red", _cycle(2.5, 10_000)),
            ),
        ),
        Preset(
            "first_order",
            "After the first purchase",
            "7 and 30 days after the first purchase, each for a week, while it is the only one.",
            tuple(
                PresetTag(
                    f"first_order_{days}",
                    f"{days} days after the first purchase",
                    "purple",
                    {
                        "all": [
                            _moment("first_order", "ago", **{"from": days, "to": days + 7}),
                            {"field": "order_count", "test": "between", "from": 1, "to": 1},
                        ]
                    },
                )
                for days in (7, 30)
            ),
        ),
        Preset(
            "age",
            "Age",
            "From the field with the birthday.",
            _ages(
                "age",
                (
                    ("age_0", "Under 18", 0, 17),
                    ("age_18", "Age 18–24", 18, 24),
                    ("age_25", "Age 25–34", 25, 34),
                    ("age_35", "Age 35–44", 35, 44),
                    ("age_45", "Age 45–59", 45, 59),
                    ("age_60", "Age 60 and over", 60, 130),
                ),
            ),
            needs="date",
        ),
        Preset(
            "child_age",
            "Age of the child",
            "In months, from the field with the child's birthday.",
            _ages(
                "age_months",
                (
                    ("child_0", "Child: 0–5 months", 0, 5),
                    ("child_6", "Child: 6–11 months", 6, 11),
                    ("child_12", "Child: 12–23 months", 12, 23),
                    ("child_24", "Child: 24–35 months", 24, 35),
                    ("child_36", "Child: 36–71 months", 36, 71),
                ),
            ),
            needs="date",
        ),
        Preset(
            "region",
            "Region",
            "From the phone number, or from the country that somebody has written down.",
            (
                _region("region_jp", "Japan", "JP"),
                _region("region_cn", "Mainland China", "CN"),
                _region("region_hk", "Hong Kong, Macao, Taiwan", "HK", "MO", "TW"),
                _region("region_kr", "Korea", "KR"),
                _region("region_sea", "Southeast Asia", "SG", "MY", "TH", "VN", "ID", "PH", "KH", "LA", "MM", "BN"),
                _region("region_na", "North America", "US", "CA"),
            ),
        ),
        Preset(
            "recovery",
            "VIP recovery",
            "Has spent much and complained lately: somebody takes care of them. From the sum of orders, and the tag or the event “complaint”.",
            (
                PresetTag(
                    "vip_recovery",
                    "VIP recovery",
                    "red",
                    {
                        "all": [
                            {"field": "order_sum", "test": "at_least", "from": 100_000},
                            {
                                "any": [
                                    {"field": "event", "test": "did", "values": ["complaint"], "days": 30},
                                    {"field": "tag", "test": "has", "values": [COMPLAINT]},
                                ]
                            },
                        ]
                    },
                ),
            ),
            is_exclusive=False,
            has_owner=True,
        ),
    )
}


def fill_in(rule: Tree, *, field: str = "", complaint: int = 0) -> dict[str, Any]:
    """Return a preset's rule with the chosen custom field, and the tag for complaints, in their places."""
    filled: dict[str, Any] = dict(rule)
    for join in tree.JOINS:
        if join in rule:
            filled[join] = [fill_in(part, field=field, complaint=complaint) for part in rule[join]]
    if rule.get("field") == FIELD:
        filled["field"] = f"field:{field}"
    if rule.get("field") == "tag":
        filled["values"] = [complaint if value == COMPLAINT else value for value in rule["values"]]
    return filled


def names_complaint(preset: Preset) -> bool:
    """Tell whether a preset asks for the tag that agents give to people who complain."""
    return preset.key == "recovery"
