"""Addresses of the pages, one include a page."""

from django.urls import include, path

urlpatterns = [
    path("", include("switchboard.web.overview.urls")),
    path("", include("switchboard.web.frame.urls")),
    path("search/", include("switchboard.web.search.urls")),
    path("conversations/", include("switchboard.web.conversations.urls")),
    path("replies/", include("switchboard.web.replies.urls")),
    path("broadcasts/", include("switchboard.web.broadcasts.urls")),
    path("contacts/segments/", include("switchboard.web.segments.urls")),
    path("contacts/tags/", include("switchboard.web.tags.urls")),
    path("contacts/", include("switchboard.web.contacts.urls")),
    path("", include("switchboard.web.contacts.public_urls")),
    path("numbers/", include("switchboard.web.numbers.urls")),
    path("limits/", include("switchboard.web.limits.urls")),
    path("messages/", include("switchboard.web.messages.urls")),
    path("templates/", include("switchboard.web.templates.urls")),
    path("prices/", include("switchboard.web.rates.urls")),
    path("incidents/", include("switchboard.web.incidents.urls")),
    path("health/", include("switchboard.web.health.urls")),
    path("keys/", include("switchboard.web.keys.urls")),
    path("dead-letters/", include("switchboard.web.deadletters.urls")),
]
