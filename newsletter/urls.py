from kit.pages.paths import page

app_name = "newsletter"
urlpatterns = [
    page("", "newsletter.views.subscribe", name="subscribe"),
    page("check-your-inbox/", "newsletter.views.check_your_inbox", name="check_your_inbox"),
    page("confirm/<str:token>/", "newsletter.views.confirm", name="confirm"),
    page("preferences/<str:token>/", "newsletter.views.preferences", name="preferences"),
    page("unsubscribe/<str:token>/", "newsletter.views.unsubscribe", name="unsubscribe"),
]
