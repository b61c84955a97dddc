"""Addresses of broadcasts."""

from django.urls import path

from switchboard.web.broadcasts import detail, recipients, views, wizard

app_name = "broadcasts"
urlpatterns = [
    path("", views.show_broadcasts, name="list"),
    path("new/", views.new, name="new"),
    path("<int:broadcast_id>/", detail.show_broadcast, name="detail"),
    path("<int:broadcast_id>/recipients/", recipients.show_recipients, name="recipients"),
    path("<int:broadcast_id>/recipients/retry/", recipients.retry_unconfirmed, name="retry"),
    path("<int:broadcast_id>/speed.csv", detail.download_speed, name="speed"),
    path("<int:broadcast_id>/pause/", views.pause, name="pause"),
    path("<int:broadcast_id>/resume/", views.resume, name="resume"),
    path("<int:broadcast_id>/cancel/", views.cancel, name="cancel"),
    path("<int:broadcast_id>/edit/audience/", wizard.target, name="edit_audience"),
    path("<int:broadcast_id>/edit/audience/count/", wizard.count_target, name="count_audience"),
    path("<int:broadcast_id>/edit/message/", wizard.message, name="edit_message"),
    path("<int:broadcast_id>/edit/message/preview/", wizard.preview, name="preview"),
    path("<int:broadcast_id>/edit/numbers/", wizard.numbers, name="edit_numbers"),
    path("<int:broadcast_id>/edit/schedule/", wizard.schedule, name="edit_schedule"),
    path("<int:broadcast_id>/edit/review/", wizard.review, name="edit_review"),
]
