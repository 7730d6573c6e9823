from django.urls import path

from .views import files, templates

app_name = "regularization"
urlpatterns = [
    path("", files.board, name="list"),
    path("panel/", files.panel, name="panel"),
    path("employee/<int:pk>/panel/", files.employee_panel, name="employee-panel"),
    path("<int:pk>/", files.file_detail, name="file"),
    path("<int:pk>/apply/", files.application, name="apply"),
    path("<int:pk>/decide/<int:task_id>/", files.decide, name="decide"),
    path("<int:pk>/ask/", files.ask, name="ask"),
    path("<int:pk>/template/", files.move, name="move"),
    path("<int:pk>/period/", files.period, name="period"),
    path("<int:pk>/print/", files.print_file, name="print"),
    path("<int:pk>/export/", files.export_file, name="export"),
    path("templates/", templates.template_list, name="templates"),
    path("templates/<int:pk>/", templates.template_detail, name="template"),
    path("templates/<int:pk>/copy/", templates.template_copy, name="template-copy"),
    path("templates/<int:pk>/edit/", templates.template_edit, name="template-edit"),
    path("templates/<int:pk>/steps/", templates.template_steps, name="template-steps"),
    path("templates/<int:pk>/criteria/", templates.template_criteria, name="template-criteria"),
    path("templates/<int:pk>/use/", templates.template_use, name="template-use"),
    path("templates/<int:pk>/publish/", templates.template_publish, name="template-publish"),
    path("templates/<int:pk>/discard/", templates.template_discard, name="template-discard"),
]
