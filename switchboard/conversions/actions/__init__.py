"""Every write about orders and events. Call these inside a workspace's scope."""

from switchboard.conversions.actions.files import create_deeds as create_deeds
from switchboard.conversions.actions.files import forget_uploads as forget_uploads
from switchboard.conversions.actions.files import run_deeds as run_deeds
from switchboard.conversions.actions.files import start_deeds as start_deeds
from switchboard.conversions.actions.files import stop_deeds as stop_deeds
from switchboard.conversions.actions.orders import ToldEvent as ToldEvent
from switchboard.conversions.actions.orders import record_event as record_event
from switchboard.conversions.actions.orders import record_events as record_events
from switchboard.conversions.actions.orders import record_order as record_order
from switchboard.conversions.actions.orders import record_refund as record_refund
from switchboard.conversions.actions.orders import update_purchases as update_purchases
