"""Addresses of the fleet of numbers."""

from django.urls import path

from switchboard.web.numbers import views

app_name = "numbers"
urlpatterns = [
    path("", views.show_numbers, name="list"),
    path("<int:number_id>/pace/", views.change_pace, name="pace"),
    path("<int:number_id>/stop/", views.stop, name="stop"),
    path("<int:number_id>/resume/", views.resume, name="resume"),
]
