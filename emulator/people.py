"""The people behind the phones: who they are follows from the seed and the phone, so nothing is stored."""

from base64 import b64encode
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from emulator import phrases
from emulator.knobs import Knobs
from emulator.regions import country_of, language_of


class Person(NamedTuple):
    """How one person takes a message."""

    phone: str
    language: str
    name: str
    fail_code: int = 0
    misses_marketing: bool = False
    is_blocking: bool = False
    reads: bool = False
    skips_delivered: bool = False
    reply: str = ""
    reply_after: float | None = None
    opts_out: bool = False
    taps: bool = False
    # Has a username, so that businesses who do not know the phone never see it.
    is_hidden: bool = False
    # Seconds until the phone is online again; None is at once.
    delivered_after: float | None = None


class Habits(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What POST /_emulator/people fixes for one phone or a phone's ending; None leaves it to the seed."""

    phone: str = ""
    suffix: str = ""
    name: str | None = None
    exists: bool | None = None
    blocked: bool | None = None
    fail_code: int | None = None
    reads: bool | None = None
    skips_delivered: bool | None = None
    reply: str | None = None
    reply_after: float | None = None
    opts_out: bool | None = None
    taps: bool | None = None
    hidden: bool | None = None
    username: str | None = None
    delivered_after: float | None = None


class People:
    """Everybody who can be written to."""

    def __init__(self, seed: int) -> None:
        self._key = seed.to_bytes(8, "big", signed=True)
        self._index: dict[str, int] = {}
        self.phones: list[str] = []
        self._by_phone: dict[str, Habits] = {}
        self._by_suffix: dict[str, Habits] = {}
        # How often a phone's user ids were made anew; nobody's, for most phones.
        self._generations: dict[str, int] = {}
        self._identities: dict[str, int] = {}
        # Scope -> user id -> index, filled as far as somebody asked.
        self._by_user_id: dict[str, dict[str, int]] = {}
        # (number index, person) who stopped marketing with WhatsApp's own switch.
        self.stopped: set[tuple[int, int]] = set()

    def index_of(self, phone: str) -> int:
        """Return the small number that stands for a phone (in digits) everywhere else."""
        index = self._index.get(phone)
        if index is None:
            index = self._index[phone] = len(self.phones)
            self.phones.append(phone)
        return index

    def find_index(self, phone: str) -> int | None:
        return self._index.get(phone)

    def fix_habits(self, habits: Habits) -> None:
        """Override what the seed says, from the next message on."""
        if habits.phone:
            self._by_phone["".join(filter(str.isdigit, habits.phone))] = habits
        else:
            self._by_suffix[habits.suffix] = habits

    def adjust_habits(self, phone: str, **changes: bool | None) -> None:
        """Override some habits of one phone and leave what was fixed before."""
        known = self._find_habits(phone) or Habits()
        given = {name: value for name, value in changes.items() if value is not None}
        self._by_phone[phone] = msgspec.structs.replace(known, phone=phone, suffix="", **given)

    def person(self, phone: str, knobs: Knobs) -> Person:
        """Return how the person behind a phone behaves."""
        person = _draw_person(phone, self._digest(phone), knobs)
        habits = self._find_habits(phone)
        return _with_habits(person, habits) if habits else person

    def name(self, phone: str) -> str:
        if (habits := self._find_habits(phone)) and habits.name:
            return habits.name
        names = phrases.NAMES[language_of(phone)]
        return names[self._digest(phone)[15] % len(names)]

    def username(self, phone: str) -> str:
        if (habits := self._find_habits(phone)) and habits.username:
            return habits.username
        return f"user.{self.opaque(phone)[:8]}"

    def opaque(self, phone: str) -> str:
        """Return digits that stand for a phone where it must not be seen."""
        return f"{int.from_bytes(self._digest(phone)[:6], 'big'):015}"

    def user_id(self, phone: str, scope: str) -> str:
        """Return the business-scoped user id: the same person has another one in another portfolio.

        The scope of a parent id is `parent:` and the parent's name.
        """
        generation = self._generations.get(phone)
        words = f"{scope}:{phone}:{generation}" if generation else f"{scope}:{phone}"
        digest = blake2b(words.encode(), key=self._key, digest_size=8).digest()
        kind = ".ENT" if scope.startswith("parent:") else ""
        return f"{country_of(phone)}{kind}.{int.from_bytes(digest, 'big')}"

    def find_by_user_id(self, user_id: str, scope: str) -> str | None:
        """Return the phone behind a user id, None when nobody here has it."""
        known = self._by_user_id.setdefault(scope, {})
        # Everybody has exactly one id per scope, so the ids that are missing are the newest people's.
        known.update((self.user_id(self.phones[index], scope), index) for index in range(len(known), len(self.phones)))
        index = known.get(user_id)
        return None if index is None else self.phones[index]

    def identity(self, phone: str) -> str:
        """Return the hash of the keys on the person's phone; a new phone has new ones."""
        generation = self._identities.get(phone, 0)
        return b64encode(blake2b(f"{phone}:{generation}".encode(), key=self._key, digest_size=8).digest()).decode()

    def renew_identity(self, phone: str) -> None:
        self._identities[phone] = self._identities.get(phone, 0) + 1

    def renew_user_ids(self, phone: str) -> None:
        """Give the person new user ids everywhere; the old ones lead nowhere."""
        self._generations[phone] = self._generations.get(phone, 0) + 1
        self._by_user_id.clear()

    def move(self, old: str, new: str, knobs: Knobs) -> None:
        """Let a person take their habits to another phone; the old one is no longer on WhatsApp."""
        habits = self._find_habits(old) or Habits()
        is_hidden = self.person(old, knobs).is_hidden
        moved = msgspec.structs.replace(
            habits, phone=new, suffix="", name=self.name(old), exists=True, hidden=is_hidden
        )
        self._by_phone[new] = moved
        self._by_phone[old] = Habits(phone=old, exists=False)

    def _digest(self, phone: str) -> bytes:
        return blake2b(phone.encode(), key=self._key, digest_size=16).digest()

    def _find_habits(self, phone: str) -> Habits | None:
        if habits := self._by_phone.get(phone):
            return habits
        for suffix, habits in self._by_suffix.items():
            if phone.endswith(suffix):
                return habits
        return None


FIXED_AS_THEY_ARE = (
    "name", "fail_code", "reads", "skips_delivered", "reply", "reply_after", "opts_out", "taps", "delivered_after",
)  # fmt: skip


def _draw_person(phone: str, digest: bytes, knobs: Knobs) -> Person:
    """Cut the digest into independent draws and look up which share each falls into."""
    fate, mood = int.from_bytes(digest[:4], "big") / 2**32, int.from_bytes(digest[4:8], "big") / 2**32
    receipts, skips, blocks = digest[8] / 256, digest[9] / 256, digest[10] / 256
    language = language_of(phone)
    fate_after_blocks = fate - knobs.not_on_whatsapp - knobs.blocked
    is_blocking = -knobs.blocked <= fate_after_blocks < 0
    opts_out = mood < knobs.opts_out
    answers = opts_out or mood < knobs.opts_out + knobs.replies
    words = (phrases.OPT_OUTS if opts_out else phrases.REPLIES)[language]
    names = phrases.NAMES[language]
    return Person(
        phone=phone,
        language=language,
        name=names[digest[15] % len(names)],
        fail_code=131026 if fate < knobs.not_on_whatsapp or (is_blocking and blocks < knobs.blocked_fails) else 0,
        misses_marketing=0 <= fate_after_blocks < knobs.ecosystem_failures,
        is_blocking=is_blocking,
        # Those who answer have read, whether or not their receipts show it.
        reads=mood < max(knobs.reads, knobs.replies + knobs.opts_out) and receipts >= knobs.receipts_off,
        skips_delivered=skips < knobs.read_without_delivered,
        reply=words[digest[12] % len(words)] if answers else "",
        opts_out=opts_out,
        taps=digest[13] < 128,
        is_hidden=digest[11] / 256 < knobs.hidden_phones,
    )


def _with_habits(person: Person, habits: Habits) -> Person:
    changes: dict[str, Any] = {
        name: value for name in FIXED_AS_THEY_ARE if (value := getattr(habits, name)) is not None
    }
    if habits.exists is not None:
        # Somebody said to exist takes every message, unless the same call says otherwise.
        changes["misses_marketing"] = False
        changes["is_blocking"] = False
        changes.setdefault("fail_code", 0 if habits.exists else 131026)
    if habits.hidden is not None:
        changes["is_hidden"] = habits.hidden
    if habits.blocked is not None:
        changes["is_blocking"] = habits.blocked
    # A fixed reply says itself whether it is an opt-out; a fixed opt-out needs a word.
    if habits.reply is not None and habits.opts_out is None:
        changes["opts_out"] = phrases.is_opt_out(habits.reply)
        changes["taps"] = bool(habits.taps)
    if habits.opts_out and habits.reply is None:
        changes["reply"] = phrases.OPT_OUTS[person.language][0]
    if habits.opts_out is False and person.opts_out and habits.reply is None:
        changes["reply"] = ""
    return person._replace(**changes)
