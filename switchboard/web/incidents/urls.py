"""Address of the incidents."""

from django.urls import path

from switchboard.web.incidents import views

app_name = "incidents"
urlpatterns = [path("", views.show_incidents, name="list")]
