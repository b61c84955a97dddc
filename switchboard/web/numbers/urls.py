"""Addresses of the fleet of numbers."""

from django.urls import path

from switchboard.web.numbers import connecting, moving, views

app_name = "numbers"
urlpatterns = [
    path("", views.show_numbers, name="list"),
    path("connect/", connecting.enter, name="connect"),
    path("connect/<int:account_id>/", connecting.show_account, name="account"),
    path("connect/<int:account_id>/check/", connecting.check, name="check"),
    path("connect/<int:account_id>/verify-token/", connecting.renew_token, name="verify_token"),
    path("connect/<int:account_id>/subscribe/", connecting.subscribe, name="subscribe"),
    path("connect/<int:account_id>/register/", connecting.register, name="register"),
    path("connect/<int:account_id>/test/", connecting.send_test, name="test"),
    path("<int:number_id>/pace/", views.change_pace, name="pace"),
    path("<int:number_id>/stop/", views.stop, name="stop"),
    path("<int:number_id>/move/", moving.move, name="move"),
    path("<int:number_id>/resume/", views.resume, name="resume"),
]
