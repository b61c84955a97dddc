"""Why a broadcast cannot do what was asked."""

from dataclasses import dataclass

from switchboard.core.errors import Conflict, Invalid, NotFound


class BroadcastMissingError(NotFound):
    """This broadcast does not exist, or not in this workspace."""


class NotEditableError(Conflict):
    """This broadcast has started; only its speed can be paused, resumed or cancelled. Copy it to send something else."""


class WrongStateError(Conflict):
    """The broadcast is not in a state in which that is possible; reload and look again."""


class MoveRefusedError(Conflict):
    """The work of this number stays with it: only after a technical stop (token, registration, connection) may others take it over."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a broadcast from starting: `step` of the wizard, and a sentence that says what to do."""

    step: str
    message: str


class NotReadyError(Invalid):
    """The broadcast cannot start yet."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(" ".join(problem.message for problem in problems))
