"""Addresses of the frame's own parts."""

from django.urls import path

from switchboard.web import live
from switchboard.web.frame import views

urlpatterns = [
    path("live/", live.live, name="live"),
    path("bands/", views.show_bands, name="bands"),
    path("stop/", views.stop, name="stop"),
    path("resume/", views.resume, name="resume"),
    path("language/", views.choose_language, name="language"),
    path("workspace/", views.choose_workspace, name="workspace"),
]
