"""Address of the overview."""

from django.urls import path

from switchboard.web.overview import views

urlpatterns = [path("", views.show_overview, name="overview")]
