from django.urls import path

from .views import cases, rewards

app_name = "discipline"
urlpatterns = [
    path("", cases.case_list, name="list"),
    path("new/", cases.case_new, name="new"),
    path("<int:pk>/", cases.case_detail, name="case"),
    path("<int:pk>/ask/", cases.case_ask, name="ask"),
    path("<int:pk>/state/", cases.case_state, name="state"),
    path("<int:pk>/decide/", cases.case_decide, name="decide"),
    path("<int:pk>/drop/", cases.case_drop, name="drop"),
    path("<int:pk>/receipt/", cases.case_acknowledge, name="acknowledge"),
    path("<int:pk>/appeal/", cases.case_appeal, name="appeal"),
    path("<int:pk>/answer/", cases.case_answer, name="answer"),
    path("<int:pk>/announce/", cases.case_announce, name="announce"),
    path("rewards/", rewards.reward_list, name="rewards"),
    path("rewards/new/", rewards.reward_new, name="reward-new"),
    path("rewards/<int:pk>/", rewards.reward_detail, name="reward"),
    path("coaching/new/", rewards.coaching_new, name="coaching-new"),
    path("panels/employee/<int:pk>/", rewards.employee_panel, name="employee-panel"),
]
