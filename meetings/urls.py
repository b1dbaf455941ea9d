from kit.pages.paths import page

app_name = "meetings"

urlpatterns = [
    # For Zoom
    page("zoom/webhook/", "meetings.webhook.zoom_webhook", name="zoom_webhook"),
    page("zoom/webhook", "meetings.webhook.zoom_webhook", name="zoom_webhook_bare"),  # Zoom follows no redirect
]
