"""Every address of the console."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("switchboard.web.urls")),
]

handler404 = "switchboard.web.failures.not_found"
handler403 = "switchboard.web.failures.refused"
handler500 = "switchboard.web.failures.broken"
