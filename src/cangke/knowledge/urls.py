from django.urls import path

from .views import articles, folders, menu, scripts

app_name = "knowledge"
urlpatterns = [
    path("scripts/", scripts.script_list, name="list"),
    path("scripts/menu/", menu.scripts, name="scripts"),
    path("scripts/new/", scripts.script_edit, name="script-new"),
    path("scripts/<int:pk>/", scripts.script_detail, name="script"),
    path("scripts/<int:pk>/edit/", scripts.script_edit, name="script-edit"),
    path("scripts/<int:pk>/review/", scripts.script_review, name="script-review"),
    path("scripts/<int:pk>/retire/", scripts.script_retire, name="script-retire"),
    path("folders/", folders.folder_list, name="folders"),
    path("folders/new/", folders.folder_edit, name="folder-new"),
    path("folders/<int:pk>/", folders.folder_edit, name="folder"),
    path("folders/<int:pk>/remove/", folders.folder_remove, name="folder-remove"),
    path("articles/", articles.article_list, name="articles"),
    path("articles/new/", articles.article_edit, name="article-new"),
    path("articles/<int:pk>/", articles.article_detail, name="article"),
    path("articles/<int:pk>/edit/", articles.article_edit, name="article-edit"),
    path("articles/<int:pk>/retire/", articles.article_retire, name="article-retire"),
]
