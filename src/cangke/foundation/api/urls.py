from django.urls import path

from . import views

app_name = "api"
urlpatterns = [
    path("settings/api-tokens/", views.token_list, name="tokens"),
    path("settings/api-tokens/all/", views.all_tokens, name="all-tokens"),
    path("settings/api-tokens/new/", views.token_new, name="token-new"),
    path("settings/api-tokens/<int:pk>/", views.token_detail, name="token"),
    path("settings/api-tokens/<int:pk>/revoke/", views.token_revoke, name="token-revoke"),
]
