from django.urls import path

from . import views

app_name = "orders"
urlpatterns = [
    path("", views.order_list, name="list"),
    path("new/", views.order_new, name="new"),
    path("chases/", views.chase_list, name="chases"),
    path("chases/<int:chase_id>/answer/", views.chase_answer, name="answer"),
    path("bulk/chase/", views.bulk_chase, name="bulk-chase"),
    path("bulk/flag/", views.bulk_flag, name="bulk-flag"),
    path("bulk/assign/", views.bulk_assign, name="bulk-assign"),
    path("panel/<int:customer_id>/", views.panel, name="panel"),
    path("panel/<int:customer_id>/remark/<int:pk>/", views.panel_remark, name="panel-remark"),
    path("panel/<int:customer_id>/chase/<int:pk>/", views.panel_chase, name="panel-chase"),
    path("panel/<int:customer_id>/promise/<int:pk>/", views.panel_promise, name="panel-promise"),
    path("of-customer/<int:pk>/", views.customer_panel, name="customer-panel"),
    path("<int:pk>/", views.order_detail, name="detail"),
    path("<int:pk>/edit/", views.order_edit, name="edit"),
    path("<int:pk>/remark/", views.order_remark, name="remark"),
    path("<int:pk>/promise/", views.order_promise, name="promise"),
    path("<int:pk>/promise/why/", views.promise_why, name="promise-why"),
    path("<int:pk>/hold/", views.order_hold, name="hold"),
    path("<int:pk>/holds/<int:hold_id>/release/", views.order_release, name="release"),
    path("<int:pk>/pay/", views.order_pay, name="pay"),
    path("<int:pk>/ship/", views.order_ship, name="ship"),
    path("<int:pk>/deliver/", views.order_deliver, name="deliver"),
    path("<int:pk>/cancel/", views.order_cancel, name="cancel"),
    path("<int:pk>/chase/", views.order_chase, name="chase"),
    path("<int:pk>/assign/", views.order_assign, name="assign"),
]
