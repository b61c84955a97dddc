"""Address of the search."""

from django.urls import path

from switchboard.web.search import views

urlpatterns = [path("", views.search, name="search")]
