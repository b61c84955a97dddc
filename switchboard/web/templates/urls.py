"""Addresses of WhatsApp templates."""

from django.urls import path

from switchboard.web.templates import views

app_name = "templates"
urlpatterns = [
    path("", views.show_templates, name="list"),
    path("sync/", views.sync, name="sync"),
    path("assets/<int:asset_id>/", views.show_asset, name="asset"),
]
