"""Every write about workspaces, people and keys.

`create_workspace` opens the new workspace's scope itself; call the others inside `core.tenancy.workspace_scope`,
`ensure_user` and `set_language` anywhere.
"""

from switchboard.team.actions.keys import MadeKey as MadeKey
from switchboard.team.actions.keys import create_key as create_key
from switchboard.team.actions.keys import note_use as note_use
from switchboard.team.actions.keys import revoke_key as revoke_key
from switchboard.team.actions.keys import rotate_key as rotate_key
from switchboard.team.actions.members import add_member as add_member
from switchboard.team.actions.members import create_workspace as create_workspace
from switchboard.team.actions.members import ensure_user as ensure_user
from switchboard.team.actions.members import remove_member as remove_member
from switchboard.team.actions.members import set_language as set_language
from switchboard.team.actions.members import set_quiet_hours as set_quiet_hours
