"""Addresses of contacts and imports."""

from django.urls import path

from switchboard.web.contacts import deeds, fields, imports, many, people, views

app_name = "contacts"
urlpatterns = [
    path("", views.show_contacts, name="list"),
    path("edit/", many.edit, name="edit"),
    path("edits/", many.show_edits, name="edits"),
    path("edits/<int:edit_id>/undo/", many.undo, name="undo_edit"),
    path("edits/<int:edit_id>/stop/", many.stop, name="stop_edit"),
    path("exports/", many.show_exports, name="exports"),
    path("exports/new/", many.start_export, name="start_export"),
    path("exports/<int:export_id>/", many.download_export, name="download_export"),
    path("fields/", fields.show_fields, name="fields"),
    path("fields/<int:field_id>/", fields.change_field, name="change_field"),
    path("fields/<int:field_id>/delete/", fields.delete_field, name="delete_field"),
    path("orders/", deeds.show_deeds, name="deeds"),
    path("orders/<int:deeds_id>/", deeds.show_file, name="deeds_file"),
    path("orders/<int:deeds_id>/refused.csv", deeds.download_refused, name="deeds_refused"),
    path("orders/<int:deeds_id>/stop/", deeds.stop, name="deeds_stop"),
    path("merges/<int:merge_id>/undo/", people.undo_merge, name="undo_merge"),
    path("<int:contact_id>/", views.show_contact, name="detail"),
    path("<int:contact_id>/details/", views.change_details, name="details"),
    path("<int:contact_id>/opt-out/", views.opt_out, name="opt_out"),
    path("<int:contact_id>/consent/", views.subscribe, name="subscribe"),
    path("<int:contact_id>/notes/", people.add_note, name="add_note"),
    path("<int:contact_id>/notes/<int:note_id>/delete/", people.delete_note, name="delete_note"),
    path("<int:contact_id>/merge/", people.preview_merge, name="merge"),
    path("<int:contact_id>/merge/now/", people.merge, name="merge_now"),
    path("<int:contact_id>/erase/", people.erase, name="erase"),
    path("<int:contact_id>/archive.zip", people.download_archive, name="archive"),
    path("imports/", imports.show_imports, name="imports"),
    path("imports/new/", imports.upload, name="upload"),
    path("imports/<int:import_id>/map/", imports.map_columns, name="map"),
    path("imports/<int:import_id>/check/", imports.check, name="check"),
    path("imports/<int:import_id>/", imports.show_import, name="import"),
    path("imports/<int:import_id>/stop/", imports.stop, name="stop_import"),
    path("imports/<int:import_id>/release/", imports.release, name="release_import"),
    path("imports/<int:import_id>/undo/", imports.undo, name="undo_import"),
    path("imports/<int:import_id>/refused.csv", imports.download_refused, name="refused"),
]
