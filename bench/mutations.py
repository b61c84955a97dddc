"""Webhook bodies as nobody should send them: real ones, changed at random in their bytes or in their structure."""

import json
import random
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

_ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e400,
    2**70,
    "",
    "\x00",
    "\ud800",
    "🙂" * 50,
    [],
    {},
    [[]],
    {"id": {}},
    "1",
)


def mutate_bodies(bodies: Sequence[bytes], *, seed: int, count: int) -> Iterator[bytes]:
    """Yield so many bodies made from these; the same seed gives the same."""
    chance = random.Random(seed)  # noqa: S311  no secret
    contents = [json.loads(body) for body in bodies]
    for _ in range(count):
        if chance.random() < 0.5:
            yield _change_bytes(chance, chance.choice(bodies))
        else:
            yield _change_structure(chance, chance.choice(contents))


def _change_bytes(chance: random.Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(changed) + 1)
        end = min(len(changed), start + chance.choice((0, 1, 1, 2, 8, 64)))
        filling = chance.choice(
            (b"", bytes([chance.randrange(256)]), bytes(changed[end : end + 16]), b'"', b"}", b"\\u0000")
        )
        changed[start:end] = filling
    return bytes(changed)


def _change_structure(chance: random.Random, content: Any) -> bytes:
    copy = json.loads(json.dumps(content))
    for _ in range(chance.randint(1, 3)):
        _change_part(chance, copy)
    return json.dumps(copy, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _change_part(chance: random.Random, content: Any) -> None:
    """Walk down at random, and replace, remove or double what is there."""
    place = content
    while isinstance(place, dict | list) and place:
        key: Any = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
        below = place[key]
        if not isinstance(below, dict | list) or not below or chance.random() < 0.2:
            break
        place = below
    else:
        return
    action = chance.randrange(4)
    if action == 0:
        del place[key]
    elif action == 1 and isinstance(place, list):
        place.extend(deepcopy(place[:3]))
    elif action == 2 and isinstance(place, dict):
        place[chance.choice(("id", "type", "from", "unknown", "messages"))] = deepcopy(chance.choice(_ODD))
    else:
        place[key] = deepcopy(chance.choice(_ODD))
