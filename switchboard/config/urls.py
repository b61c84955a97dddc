"""Every address of the console and of the API."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("switchboard.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("switchboard.web.urls")),
]

handler404 = "switchboard.web.failures.not_found"
handler403 = "switchboard.web.failures.refused"
handler500 = "switchboard.web.failures.broken"
