"""`switchboard why`: the story of one message, gate by gate."""

from uuid import UUID

import click

from switchboard.cli.rooms import opened_rooms


@click.command(help="Say why a message was or was not sent: each gate with what it measured and when it could pass.")
@click.argument("message_id", metavar="MESSAGE", type=click.UUID)
def why(*, message_id: UUID) -> None:
    """Print the message's state and the verdict of each gate now."""
    with opened_rooms():
        from switchboard.delivery import queries as delivery_queries

        story = delivery_queries.explain_message(message_id)
    reason = f" ({story.reason})" if story.reason else ""
    click.echo(
        f"{story.state.name.lower().replace('_', ' ')}{reason}, attempt {story.attempt}, lane {story.lane_state}"
    )
    click.echo(
        f"  {story.category} for {story.recipient}, {story.origin_kind} {story.origin_id}, number {story.number_id}"
    )
    if story.detail:
        click.echo(f"  {story.detail}")
    for name, moment in story.moments.items():
        click.echo(f"  {name:13} {moment:%Y-%m-%d %H:%M:%S} UTC")
    if story.hold and story.due_at:
        why_held = f" {story.hold_detail}" if story.hold_detail else ""
        click.echo(f"  held by {story.hold.replace('_', ' ')} until {story.due_at:%Y-%m-%d %H:%M:%S} UTC{why_held}")
    for step in story.steps:
        until = f" until {step.until:%Y-%m-%d %H:%M:%S} UTC" if step.until else ""
        detail = f" {step.detail}" if step.detail else ""
        click.echo(f"  {step.gate.replace('_', ' '):13} {step.verdict}{until}{detail}")
