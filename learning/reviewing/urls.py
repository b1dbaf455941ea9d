from kit.pages.paths import page

app_name = "reviews"
urlpatterns = [
    # By a ticket's secret link
    page("join/<slug:secret>/review/", "learning.reviewing.views.review", name="review"),
]
