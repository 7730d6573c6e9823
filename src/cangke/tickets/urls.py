from django.urls import path

from .views import panels, pledges

app_name = "tickets"
urlpatterns = [
    path("promises/", pledges.pledge_list, name="pledges"),
    path("promises/new/", pledges.pledge_new, name="pledge-new"),
    path("promises/<int:pk>/", pledges.pledge_detail, name="pledge"),
    path("promises/<int:pk>/edit/", pledges.pledge_amend, name="pledge-amend"),
    path("promises/<int:pk>/keep/", pledges.pledge_keep, name="pledge-keep"),
    path("promises/<int:pk>/waive/", pledges.pledge_waive, name="pledge-waive"),
    path("promises/<int:pk>/give/", pledges.pledge_give, name="pledge-give"),
    path("panels/promises/", panels.pledge_panel, name="pledge-panel"),
    path("panels/conversation/<int:pk>/", panels.conversation_panel, name="conversation-panel"),
]
