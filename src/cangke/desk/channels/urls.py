from django.urls import path

from . import views
from .connector import views as tool
from .wecom import views as wecom

urlpatterns = [
    path("channels/", views.channel_list, name="channels"),
    path("channels/chat/new/", views.chat, name="chat-new"),
    path("channels/chat/<int:pk>/", views.chat, name="chat"),
    path("channels/hand/new/", views.by_hand, name="by-hand-new"),
    path("channels/hand/<int:pk>/", views.by_hand, name="by-hand"),
    path("channels/mailbox/new/", views.mailbox, name="mailbox-new"),
    path("channels/mailbox/<int:pk>/", views.mailbox, name="mailbox"),
    path("channels/mailbox/<int:pk>/check/", views.mailbox_check, name="mailbox-check"),
    path("channels/tool/new/", views.connector, name="connector-new"),
    path("channels/tool/<int:pk>/", views.connector, name="connector"),
    path("channels/tool/<int:pk>/secret/", views.connector_secret, name="connector-secret"),
    path("channels/tool/<int:pk>/check/", views.connector_check, name="connector-check"),
    path("connect/<str:key>/messages/", tool.messages, name="tool-messages"),
    path("connect/<str:key>/deliveries/", tool.deliveries, name="tool-deliveries"),
    path("connect/<str:key>/answers/", tool.answers, name="tool-answers"),
    path("channels/wecom/new/", views.wecom, name="wecom-new"),
    path("channels/wecom/<int:pk>/", views.wecom, name="wecom"),
    path("channels/wecom/<int:pk>/check/", views.wecom_check, name="wecom-check"),
    path("channels/wecom/<int:pk>/again/", views.wecom_again, name="wecom-again"),
    path("connect/wecom/<str:key>/", wecom.called, name="wecom-called"),
    path("channels/mails/", views.mails, name="mails"),
    path("channels/mails/again/", views.mails_again, name="mails-again"),
    path("message/<int:pk>/mail/", views.mail_html, name="mail-html"),
]
