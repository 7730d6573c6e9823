from django.urls import path

from .views import articles, changes, folders, menu, questions, scripts

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
    path("changes/", changes.change_list, name="changes"),
    path("changes/new/", changes.change_new, name="change-new"),
    path("changes/panel/", changes.change_panel, name="change-panel"),
    path("changes/<int:pk>/", changes.change_detail, name="change"),
    path("changes/<int:pk>/confirm/", changes.change_confirm, name="change-confirm"),
    path("changes/<int:pk>/withdraw/", changes.change_withdraw, name="change-withdraw"),
    path("questions/", questions.question_list, name="questions"),
    path("questions/new/", questions.question_new, name="question-new"),
    path("questions/<int:pk>/", questions.question_detail, name="question"),
    path("questions/<int:pk>/keep/", questions.question_keep, name="question-keep"),
]
