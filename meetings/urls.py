from django.urls import path

from meetings import webhook

app_name = "meetings"

urlpatterns = [
    # For Zoom
    path("zoom/webhook/", webhook.zoom_webhook, name="zoom_webhook"),
    path("zoom/webhook", webhook.zoom_webhook, name="zoom_webhook_bare"),  # Zoom follows no redirect
]
