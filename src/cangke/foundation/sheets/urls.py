from django.urls import path

from . import views

app_name = "sheets"
urlpatterns = [
    path("", views.run_list, name="list"),
    path("new/", views.new, name="new"),
    path("new/<str:kind>", views.upload, name="upload"),
    path("new/<str:kind>/blank", views.blank, name="blank"),
    path("templates/<int:pk>/drop", views.template_drop, name="template-drop"),
    path("<slug:key>", views.run_detail, name="run"),
    path("<slug:key>/map", views.map_columns, name="map"),
    path("<slug:key>/read", views.read_again, name="read"),
    path("<slug:key>/start", views.run_start, name="start"),
    path("<slug:key>/cancel", views.run_cancel, name="cancel"),
]
