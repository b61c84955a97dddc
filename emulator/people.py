"""The people behind the phones: who they are follows from the seed and the phone, so nothing is stored."""

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


class People:
    """Everybody who can be written to."""

    def __init__(self, seed: int) -> None:
        self._key = seed.to_bytes(8, "big", signed=True)
        self._index: dict[str, int] = {}
        self.phones: list[str] = []
        self._by_phone: dict[str, Habits] = {}
        self._by_suffix: dict[str, Habits] = {}

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

    def user_id(self, phone: str, portfolio_id: str) -> str:
        """Return the business-scoped user id: the same person has another one in another portfolio."""
        digest = blake2b(f"{portfolio_id}:{phone}".encode(), key=self._key, digest_size=8).digest()
        return f"{country_of(phone)}.{int.from_bytes(digest, 'big')}"

    def _digest(self, phone: str) -> bytes:
        return blake2b(phone.encode(), key=self._key, digest_size=16).digest()

    def _find_habits(self, phone: str) -> Habits | None:
        if habits := self._by_phone.get(phone):
            return habits
        for suffix, habits in self._by_suffix.items():
            if phone.endswith(suffix):
                return habits
        return None


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
    )


def _with_habits(person: Person, habits: Habits) -> Person:
    changes: dict[str, Any] = {
        name: value
        for name in ("name", "fail_code", "reads", "skips_delivered", "reply", "reply_after", "opts_out", "taps")
        if (value := getattr(habits, name)) is not None
    }
    if habits.exists is not None:
        # Somebody said to exist takes every message, unless the same call says otherwise.
        changes["misses_marketing"] = False
        changes["is_blocking"] = False
        changes.setdefault("fail_code", 0 if habits.exists else 131026)
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
