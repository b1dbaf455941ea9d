from kit.pages.paths import page

app_name = "articles"
urlpatterns = [
    page("", "articles.views.articles", name="articles"),
    page("feed.atom", "articles.feeds.feed", name="feed"),
    page("glossary/", "articles.views.glossary", name="glossary"),
    page("preview/<str:secret>/", "articles.views.preview", name="preview"),
    page("<slug:slug>/", "articles.views.article", name="article"),
    page("comments/<str:token>/", "articles.commenting.views.own_comment", name="own_comment"),
    page("<slug:slug>/comment/", "articles.commenting.views.comment", name="comment"),
    page("<slug:slug>/report/", "articles.views.report", name="report"),
    page("<slug:slug>/report/thank-you/", "articles.views.report_sent", name="report_sent"),
    page("<slug:slug>/cover.svg", "articles.views.cover", name="cover"),
]
