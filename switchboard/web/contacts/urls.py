"""Addresses of contacts and imports."""

from django.urls import path

from switchboard.web.contacts import imports, views

app_name = "contacts"
urlpatterns = [
    path("", views.show_contacts, name="list"),
    path("<int:contact_id>/", views.show_contact, name="detail"),
    path("<int:contact_id>/opt-out/", views.opt_out, name="opt_out"),
    path("imports/", imports.show_imports, name="imports"),
    path("imports/new/", imports.upload, name="upload"),
    path("imports/<int:import_id>/map/", imports.map_columns, name="map"),
    path("imports/<int:import_id>/check/", imports.check, name="check"),
    path("imports/<int:import_id>/", imports.show_import, name="import"),
    path("imports/<int:import_id>/stop/", imports.stop, name="stop_import"),
    path("imports/<int:import_id>/refused.csv", imports.download_refused, name="refused"),
]
