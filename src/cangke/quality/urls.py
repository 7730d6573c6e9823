from django.urls import path

from . import views

app_name = "quality"
urlpatterns = [
    path("", views.check_list, name="list"),
    path("figures/", views.figures, name="figures"),
    path("<int:pk>/", views.check_detail, name="check"),
    path("<int:pk>/skip/", views.check_skip, name="skip"),
    path("<int:pk>/appeal/", views.check_appeal, name="appeal"),
    path("<int:pk>/uphold/", views.check_uphold, name="uphold"),
    path("add/<int:conversation_id>/", views.check_add, name="add"),
    path("conversations/<int:pk>/panel/", views.conversation_panel, name="conversation-panel"),
]
