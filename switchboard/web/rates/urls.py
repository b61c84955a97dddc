"""Addresses of the prices."""

from django.urls import path

from switchboard.web.rates import views

app_name = "rates"
urlpatterns = [
    path("", views.show_rates, name="list"),
    path("save/", views.save_rates, name="save"),
]
