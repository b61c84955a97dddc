"""Addresses that people open without signing in."""

from django.urls import path

from switchboard.web.contacts import leaving

urlpatterns = [path("leave/<str:token>/", leaving.leave, name="leave")]
