"""The calls to the Cloud API that Switchboard makes: typed results, refusals as values."""

from switchboard.cloudapi.client.accounts import (
    AccountCalls,
    AccountInfo,
    Health,
    HealthEntity,
    HealthError,
    SubscribedApp,
    WebhookRoute,
)
from switchboard.cloudapi.client.caller import Done, parse_error
from switchboard.cloudapi.client.media import Downloaded, MediaCalls, MediaNode
from switchboard.cloudapi.client.messages import MessageCalls, Sent, parse_sent
from switchboard.cloudapi.client.numbers import NUMBER_FIELDS, NumberCalls, NumberInfo, Throughput
from switchboard.cloudapi.client.profile import Blocking, NotBlocked, Profile, ProfileCalls
from switchboard.cloudapi.client.templates import TEMPLATE_FIELDS, Created, TemplateCalls, TemplateInfo, Unpaused

__all__ = [
    "NUMBER_FIELDS",
    "TEMPLATE_FIELDS",
    "AccountInfo",
    "Blocking",
    "CloudClient",
    "Created",
    "Done",
    "Downloaded",
    "Health",
    "HealthEntity",
    "HealthError",
    "MediaNode",
    "NotBlocked",
    "NumberInfo",
    "Profile",
    "Sent",
    "SubscribedApp",
    "TemplateInfo",
    "Throughput",
    "Unpaused",
    "WebhookRoute",
    "parse_error",
    "parse_sent",
]


class CloudClient(MessageCalls, MediaCalls, TemplateCalls, NumberCalls, ProfileCalls, AccountCalls):
    """Calls with one access token."""
