from django.urls import path

from . import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("setup/<str:token>/", views.first_run, name="first-run"),
]
