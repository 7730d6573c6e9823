from django.urls import include, path

from . import views

app_name = "desk"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("inbox/", views.inbox, name="inbox"),
    path("filter/", views.filter_form, name="filter"),
    path("c/<int:pk>/", views.conversation, name="conversation"),
    path("c/<int:pk>/head/", views.head, name="head"),
    path("c/<int:pk>/messages/", views.messages, name="messages"),
    path("c/<int:pk>/reply/", views.reply, name="reply"),
    path("c/<int:pk>/draft/", views.draft, name="draft"),
    path("c/<int:pk>/typing/", views.typing, name="typing"),
    path("c/<int:pk>/scripts/", views.scripts, name="scripts"),
    path("c/<int:pk>/claim/", views.claim, name="claim"),
    path("c/<int:pk>/transfer/", views.transfer, name="transfer"),
    path("c/<int:pk>/assign/", views.assign, name="assign"),
    path("c/<int:pk>/take-over/", views.take_over, name="take-over"),
    path("c/<int:pk>/order/", views.choose_order, name="order"),
    path("c/<int:pk>/close/", views.close, name="close"),
    path("c/<int:pk>/reopen/", views.reopen, name="reopen"),
    path("c/<int:pk>/turns/", views.turns, name="turns"),
    path("transfer/<int:pk>/accept/", views.accept, name="accept"),
    path("transfer/<int:pk>/decline/", views.decline, name="decline"),
    path("message/<int:pk>/resend/", views.resend, name="resend"),
    path("presence/", views.presence, name="presence"),
    path("presence/panel/", views.presence_panel, name="presence-panel"),
    path("presence/beat/", views.heartbeat, name="heartbeat"),
    path("calls/", views.call_list, name="calls"),
    path("calls/new/", views.call_new, name="call-new"),
    path("calls/<int:pk>/done/", views.call_done, name="call-done"),
    path("", include("cangke.desk.channels.urls")),
]
