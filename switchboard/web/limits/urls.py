"""Addresses of the limits."""

from django.urls import path

from switchboard.web.limits import views

app_name = "limits"
urlpatterns = [
    path("", views.show_limits, name="show"),
    path("save/", views.save_limits, name="save"),
    path("numbers/<int:number_id>/", views.show_pace, name="pace"),
    path("numbers/<int:number_id>/save/", views.save_pace, name="save_pace"),
]
