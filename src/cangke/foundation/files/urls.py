from django.urls import path

from . import views

app_name = "files"
urlpatterns = [path("<slug:key>", views.download, name="download")]
