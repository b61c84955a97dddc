"""Address of the health page."""

from django.urls import path

from switchboard.web.health import views

app_name = "health"
urlpatterns = [path("", views.show_health, name="show")]
