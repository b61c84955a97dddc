"""Addresses of conversations."""

from django.urls import path

from switchboard.web.conversations import hours, views

app_name = "conversations"
urlpatterns = [
    path("", views.show_conversations, name="list"),
    path("hours/", hours.show_hours, name="hours"),
    path("<int:conversation_id>/", views.show_conversation, name="detail"),
    path("<int:conversation_id>/reply/", views.reply, name="reply"),
    path("<int:conversation_id>/take-over/", views.take_over, name="take_over"),
    path("<int:conversation_id>/restart/", views.restart, name="restart"),
    path("<int:conversation_id>/resolve/", views.resolve, name="resolve"),
]
