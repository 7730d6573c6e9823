from django.urls import path

from . import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="mine"),
    path("running/", views.running, name="running"),
    path("<str:key>/", views.job_detail, name="detail"),
    path("<str:key>/cancel/", views.job_cancel, name="cancel"),
]
