"""Addresses of automatic answers."""

from django.urls import path

from switchboard.web.replies import coupons, editing, listing, settings, views

app_name = "replies"
urlpatterns = [
    path("", listing.show_rules, name="list"),
    path("order/", listing.move_rule, name="order"),
    path("publish/", views.publish, name="publish"),
    path("try/", views.try_message, name="try"),
    path("replay/", views.show_replay, name="replay"),
    path("unanswered/", views.show_unanswered, name="unanswered"),
    path("unanswered/ignore/", views.ignore_phrase, name="ignore"),
    path("measures/", views.show_measures, name="measures"),
    path("settings/", settings.show_settings, name="settings"),
    path("coupons/", coupons.show_coupons, name="coupons"),
    path("new/", editing.edit_rule, name="new"),
    path("examples/", editing.show_examples, name="examples"),
    path("<int:rule_id>/", editing.edit_rule, name="detail"),
    path("<int:rule_id>/switch/", listing.switch_rule, name="switch"),
    path("<int:rule_id>/delete/", views.delete_rule, name="delete"),
]
