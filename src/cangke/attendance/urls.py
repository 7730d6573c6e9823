from django.urls import path

from .views import mine, rosters, shifts, swaps

app_name = "attendance"
urlpatterns = [
    path("", mine.my_month, name="mine"),
    path("rosters/", rosters.roster_first, name="rosters"),
    path("rosters/<int:pk>/", rosters.roster, name="roster"),
    path("rosters/<int:pk>/plan/", rosters.roster_plan, name="plan"),
    path("rosters/<int:pk>/cell/<int:employee_id>/<str:day>/", rosters.cell, name="cell"),
    path("rosters/<int:pk>/fill/", rosters.roster_fill, name="fill"),
    path("rosters/<int:pk>/propose/", rosters.roster_propose, name="propose"),
    path("rosters/<int:pk>/needs/", rosters.roster_needs, name="needs"),
    path("rosters/<int:pk>/publish/", rosters.roster_publish, name="publish"),
    path("swaps/", swaps.swap_list, name="swaps"),
    path("swaps/new/", swaps.swap_new, name="swap-new"),
    path("swaps/<int:pk>/", swaps.swap_detail, name="swap"),
    path("swaps/<int:pk>/answer/", swaps.swap_answer, name="swap-answer"),
    path("swaps/<int:pk>/decide/", swaps.swap_decide, name="swap-decide"),
    path("swaps/<int:pk>/withdraw/", swaps.swap_withdraw, name="swap-withdraw"),
    path("shifts/", shifts.shift_list, name="shifts"),
    path("shifts/new/", shifts.shift_edit, name="shift-new"),
    path("shifts/<int:pk>/", shifts.shift_edit, name="shift"),
]
