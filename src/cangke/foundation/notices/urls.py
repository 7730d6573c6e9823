from django.urls import path

from . import views

app_name = "notices"
urlpatterns = [
    path("", views.notice_list, name="list"),
    path("bell", views.bell, name="bell"),
    path("panel", views.panel, name="panel"),
    path("read", views.notice_read, name="read"),
    path("settings", views.setting_edit, name="settings"),
    path("<int:pk>/open", views.notice_open, name="open"),
    path("webhooks/", views.webhook_list, name="webhooks"),
    path("webhooks/new", views.webhook_edit, name="webhook-new"),
    path("webhooks/<int:pk>", views.webhook_edit, name="webhook-edit"),
    path("webhooks/<int:pk>/delete", views.webhook_delete, name="webhook-delete"),
    path("webhooks/<int:pk>/test", views.webhook_test, name="webhook-test"),
    path("outbox/", views.outbox_list, name="outbox"),
    path("outbox/<int:pk>/retry", views.outbox_retry, name="outbox-retry"),
    path("outbox/<int:pk>/discard", views.outbox_discard, name="outbox-discard"),
]
