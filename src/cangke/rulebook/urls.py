from django.urls import path

from .views import book, cases, drafts, reading, sets, versions, why

app_name = "rulebook"
urlpatterns = [
    path("", book.book, name="book"),
    path("parameters/<str:key>/", book.parameter, name="parameter"),
    path("parameters/<str:key>/preview/", book.preview, name="preview"),
    path("sets/", sets.set_list, name="sets"),
    path("sets/new/", sets.set_new, name="set-new"),
    path("sets/<slug:key>/", sets.set_detail, name="set"),
    path("sets/<slug:key>/units/", sets.assign, name="assign"),
    path("sets/<slug:key>/units/<int:pk>/end/", sets.assignment_end, name="assignment-end"),
    path("sets/<slug:key>/draft/", drafts.draft, name="draft"),
    path("sets/<slug:key>/draft/new/", drafts.draft_new, name="draft-new"),
    path("sets/<slug:key>/draft/discard/", drafts.draft_discard, name="draft-discard"),
    path("sets/<slug:key>/draft/test/", drafts.draft_test, name="draft-test"),
    path("sets/<slug:key>/draft/ask/", drafts.draft_ask, name="draft-ask"),
    path("sets/<slug:key>/draft/reopen/", drafts.draft_reopen, name="draft-reopen"),
    path("sets/<slug:key>/draft/accept/", cases.accept, name="cases-accept"),
    path("sets/<slug:key>/draft/cases/new/<str:rule>/", cases.case_new, name="case-new"),
    path("sets/<slug:key>/draft/cases/<int:number>/", cases.case_edit, name="case"),
    path("sets/<slug:key>/draft/cases/<int:number>/remove/", cases.case_remove, name="case-remove"),
    path("sets/<slug:key>/draft/import/", drafts.draft_import, name="draft-import"),
    path("sets/<slug:key>/clauses/new/", drafts.words, name="clause-new"),
    path("sets/<slug:key>/clauses/<str:code>/", drafts.words, name="clause"),
    path("sets/<slug:key>/clauses/<str:code>/remove/", drafts.clause_remove, name="clause-remove"),
    path("sets/<slug:key>/versions/", versions.version_list, name="versions"),
    path("sets/<slug:key>/versions/<int:number>/", versions.version_detail, name="version"),
    path("sets/<slug:key>/versions/<int:number>/export/", versions.version_export, name="export"),
    path(
        "sets/<slug:key>/versions/<int:number>/withdraw/",
        versions.version_withdraw,
        name="withdraw",
    ),
    path("sets/<slug:key>/versions/<int:number>/readers/", reading.readers, name="readers"),
    path("sets/<slug:key>/versions/<int:number>/remind/", reading.remind, name="remind"),
    path("reading/", reading.reading, name="reading"),
    path("reading/panel/", reading.panel, name="reading-panel"),
    path("versions/<int:pk>/", versions.by_id, name="version-by-id"),
    path("versions/<int:pk>/impact/", versions.impact, name="impact"),
    path("why/<str:label>/<int:pk>/<str:figure>/", why.why, name="why"),
]
