"""What a person has chosen for themselves."""

from switchboard.team.models import User


def set_language(*, user_id: int, language: str) -> None:
    """Keep the language in which the console speaks to a person."""
    User.objects.filter(pk=user_id).update(language=language)
