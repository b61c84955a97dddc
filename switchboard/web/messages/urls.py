"""Address of one outgoing message."""

from django.urls import path

from switchboard.web.messages import views

app_name = "messages"
urlpatterns = [path("<uuid:message_id>/", views.show_message, name="show")]
