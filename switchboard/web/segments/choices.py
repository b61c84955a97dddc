"""What a workspace has to choose from when a question is built."""

from switchboard.broadcasts import queries as broadcasts_queries
from switchboard.contacts import queries as contacts_queries
from switchboard.contacts import segment_queries
from switchboard.numbers import fleet
from switchboard.web.segments import editor
from switchboard.web.segments.editor import Choices

_MOST_BROADCASTS = 200
# Offered beside those that have happened, because presets ask for them.
_USUAL_EVENTS = ("asked", "registered", "visited", "complaint")


def load_choices(workspace_id: int) -> Choices:
    """Return tags, segments, numbers, broadcasts, events and own fields."""
    vocabulary = segment_queries.load_vocabulary(workspace_id)
    return editor.build_choices(
        vocabulary.fields,
        tags=[(tag.pk, tag.name) for tag in contacts_queries.list_tags(workspace_id)],
        segments=[(segment.pk, segment.name) for segment in segment_queries.list_segments(workspace_id)],
        numbers=[(number.pk, str(number)) for number in fleet.list_numbers(workspace_id)],
        broadcasts=broadcasts_queries.list_started_names(workspace_id, limit=_MOST_BROADCASTS),
        events=sorted({*vocabulary.events, *_USUAL_EVENTS}),
        languages=vocabulary.languages,
        countries=vocabulary.countries,
        field_choices=vocabulary.choices,
    )
