from kit.pages.paths import page

app_name = "search"
urlpatterns = [page("search/", "search.views.search", name="search")]
