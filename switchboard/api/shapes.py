"""What every request and answer is made of."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from switchboard.api.errors import Problem

LARGEST_ID = 2**63 - 1
MOST_ON_A_PAGE = 200

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
# With an offset, for a moment without one is another moment in each country; kept as UTC, for the database knows fewer
# offsets than people write.
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(9000, 1, 1, tzinfo=UTC)),
    AfterValidator(lambda moment: moment.astimezone(UTC)),
]
# How a path names a person; `people.access_person` reads it.
PersonName = Annotated[
    str,
    Field(
        max_length=254,
        description="A contact's id, a phone number with + and country code (fewer than nine digits are an id), or an e-mail address.",
    ),
]

_ALWAYS = (400, 401, 403, 422, 500, 503)


class Told(BaseModel):
    """What a program sends. A word that is not known is refused: it is a slip of the pen."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What a program gets."""


def answers(shown: Any, *more: int, status: int = 200) -> dict[int, Any]:
    """Return what an endpoint may answer, for the schema: what it shows, and each kind of problem."""
    return {status: shown, **dict.fromkeys(sorted({*_ALWAYS, *more}), Problem)}
