"""Addresses of tags, classification and hygiene."""

from django.urls import path

from switchboard.web.tags import hygiene, people, presets, views

app_name = "tags"
urlpatterns = [
    path("", views.show_tags, name="list"),
    path("new/", views.edit_tag, name="new"),
    path("<int:tag_id>/", views.edit_tag, name="detail"),
    path("<int:tag_id>/delete/", views.delete_tag, name="delete"),
    path("<int:tag_id>/merge/", views.merge_tag, name="merge"),
    path("undo/<int:cleanup_id>/", views.undo, name="undo"),
    path("classification/", presets.show_presets, name="presets"),
    path("classification/<slug:key>/on/", presets.switch_on, name="switch_on"),
    path("classification/<slug:key>/off/", presets.switch_off, name="switch_off"),
    path("hygiene/", hygiene.show_report, name="hygiene"),
    path("hygiene/report/", hygiene.write_report, name="write_report"),
    path("hygiene/<slug:kind>/", hygiene.show_proposal, name="proposal"),
    path("hygiene/<slug:kind>/apply/", hygiene.apply_proposal, name="apply"),
    path("of/<int:contact_id>/", people.change_tags, name="of_contact"),
]
