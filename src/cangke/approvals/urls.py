from django.urls import path

from .views import cases, delegations, flows, objections

app_name = "approvals"
urlpatterns = [
    path("", cases.case_list, name="list"),
    path("panel/", cases.panel, name="panel"),
    path("ask/", cases.ask, name="ask"),
    path("<int:pk>/", cases.case_detail, name="case"),
    path("<int:pk>/decide/<int:task_id>/", cases.decide, name="decide"),
    path("<int:pk>/pass/<int:task_id>/", cases.pass_on, name="pass-on"),
    path("<int:pk>/signer/<int:task_id>/", cases.add_signer, name="add-signer"),
    path("<int:pk>/withdraw/", cases.withdraw, name="withdraw"),
    path("<int:pk>/comment/", cases.comment, name="comment"),
    path("<int:pk>/copy/", cases.copy, name="copy"),
    path("<int:pk>/complete/", cases.complete, name="complete"),
    path("objections/", objections.objection_list, name="objections"),
    path("objections/<int:pk>/", objections.objection_detail, name="objection"),
    path("objections/<int:pk>/complete/", objections.complete, name="objection-complete"),
    path("object/<str:label>/<int:subject_id>/<str:figure>/", objections.object_to, name="object"),
    path("delegations/", delegations.delegation_list, name="delegations"),
    path("delegations/new/", delegations.delegation_new, name="delegation-new"),
    path("delegations/<int:pk>/end/", delegations.delegation_end, name="delegation-end"),
    path("flows/", flows.flow_list, name="flows"),
    path("flows/new/", flows.flow_edit, name="flow-new"),
    path("flows/<int:pk>/", flows.flow_detail, name="flow"),
    path("flows/<int:pk>/edit/", flows.flow_edit, name="flow-edit"),
    path("flows/<int:pk>/publish/", flows.flow_publish, name="flow-publish"),
    path("flows/<int:pk>/discard/", flows.flow_discard, name="flow-discard"),
]
