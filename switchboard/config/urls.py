"""Every address of the console."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("switchboard.web.urls")),
]
