"""Addresses of segments."""

from django.urls import path

from switchboard.web.segments import views

app_name = "segments"
urlpatterns = [
    path("", views.show_segments, name="list"),
    path("new/", views.edit_segment, name="new"),
    path("editor/", views.change_editor, name="editor"),
    path("count/", views.count_people, name="count"),
    path("<int:segment_id>/", views.edit_segment, name="detail"),
    path("<int:segment_id>/delete/", views.delete_segment, name="delete"),
]
