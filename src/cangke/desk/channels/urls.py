from django.urls import path

from . import views

urlpatterns = [
    path("channels/", views.channel_list, name="channels"),
    path("channels/chat/new/", views.chat, name="chat-new"),
    path("channels/chat/<int:pk>/", views.chat, name="chat"),
    path("channels/mailbox/new/", views.mailbox, name="mailbox-new"),
    path("channels/mailbox/<int:pk>/", views.mailbox, name="mailbox"),
    path("channels/mailbox/<int:pk>/check/", views.mailbox_check, name="mailbox-check"),
    path("channels/mails/", views.mails, name="mails"),
    path("channels/mails/again/", views.mails_again, name="mails-again"),
    path("message/<int:pk>/mail/", views.mail_html, name="mail-html"),
]
