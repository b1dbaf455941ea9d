from django.urls import path

from articles import views
from articles.commenting import views as commenting

app_name = "articles"
urlpatterns = [
    path("", views.articles, name="articles"),
    path("feed.atom", views.feed, name="feed"),
    path("glossary/", views.glossary, name="glossary"),
    path("preview/<str:secret>/", views.preview, name="preview"),
    path("<slug:slug>/", views.article, name="article"),
    path("comments/<str:token>/", commenting.own_comment, name="own_comment"),
    path("<slug:slug>/comment/", commenting.comment, name="comment"),
    path("<slug:slug>/report/", views.report, name="report"),
    path("<slug:slug>/report/thank-you/", views.report_sent, name="report_sent"),
    path("<slug:slug>/cover.svg", views.cover, name="cover"),
]
