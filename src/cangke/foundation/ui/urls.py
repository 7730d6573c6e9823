from django.conf import settings
from django.urls import path

from . import views

app_name = "ui"
urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("badges/", views.badges, name="badges"),
    path("lists/view/", views.view_save, name="view-save"),
    path("lists/view/delete/", views.view_delete, name="view-delete"),
    path("lists/choice/", views.list_choice, name="list-choice"),
]
if settings.DEBUG:
    from . import gallery

    urlpatterns += gallery.urlpatterns
