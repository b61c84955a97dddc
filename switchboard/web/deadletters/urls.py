"""Addresses of the dead letters."""

from django.urls import path

from switchboard.web.deadletters import views

app_name = "deadletters"
urlpatterns = [
    path("", views.show_letters, name="list"),
    path("replay/", views.replay_all, name="replay_all"),
    path("<int:letter_id>/", views.show_letter, name="detail"),
    path("<int:letter_id>/body", views.download, name="body"),
    path("<int:letter_id>/replay/", views.replay, name="replay"),
]
