"""Addresses of API keys."""

from django.urls import path

from switchboard.web.keys import views

app_name = "keys"
urlpatterns = [
    path("", views.show_keys, name="list"),
    path("<int:key_id>/rotate/", views.rotate, name="rotate"),
    path("<int:key_id>/revoke/", views.revoke, name="revoke"),
]
