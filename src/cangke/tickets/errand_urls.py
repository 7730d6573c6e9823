from django.urls import path

from .views import errands

app_name = "errands"
urlpatterns = [
    path("", errands.errand_list, name="list"),
    path("ask/", errands.errand_ask, name="ask"),
    path("order/", errands.errand_order, name="order"),
    path("panel/", errands.panel, name="panel"),
    path("<int:pk>/", errands.errand_detail, name="errand"),
    path("<int:pk>/say/", errands.errand_say, name="say"),
    path("<int:pk>/take/", errands.errand_take, name="take"),
    path("<int:pk>/again/", errands.errand_again, name="again"),
    path("<int:pk>/withdraw/", errands.errand_withdraw, name="withdraw"),
    path("departments/", errands.counterpart_list, name="counterparts"),
    path("departments/new/", errands.counterpart_edit, name="counterpart-new"),
    path("departments/<int:pk>/", errands.counterpart_edit, name="counterpart"),
]
