from django.urls import path

from orders.booking import address_views, booking_views
from orders.pages import document_views, move_views, order_views, place_views, rebooking_views, recording_views
from orders.settling import webhook

app_name = "orders"
urlpatterns = [
    path("book/series/<slug:slug>/", booking_views.book_series, name="book_series"),
    path("book/<slug:slug>/", booking_views.book, name="book"),
    # By an order's secret link
    path("orders/<slug:secret>/", order_views.order, name="order"),
    path("orders/<slug:secret>/confirm/<slug:proof>/", address_views.confirm, name="confirm_address"),
    path("orders/<slug:secret>/pay/", order_views.pay, name="pay"),
    path("orders/<slug:secret>/return/", order_views.payment_return, name="payment_return"),
    path("orders/<slug:secret>/give-back/", order_views.give_back, name="give_back"),
    path("orders/<slug:secret>/places/<int:pk>/cancel/", place_views.cancel_place, name="cancel_place"),
    path("orders/<slug:secret>/places/<int:pk>/move/", move_views.move_place, name="move_place"),
    path("orders/<slug:secret>/places/<int:pk>/hand-over/", place_views.hand_over, name="hand_over"),
    path("orders/<slug:secret>/places/<int:pk>/send-again/", place_views.send_again, name="send_again"),
    path("orders/<slug:secret>/places/<int:pk>/recording/", recording_views.recording, name="recording"),
    path("orders/<slug:secret>/receipt/", document_views.order_document, {"kind": "receipt"}, name="order_receipt"),
    path("orders/<slug:secret>/invoice/", document_views.order_document, {"kind": "invoice"}, name="order_invoice"),
    # By a document's secret link
    path("documents/<slug:secret>/", document_views.document, name="document"),
    path("documents/<slug:secret>/pdf/", document_views.document_pdf, name="document_pdf"),
    # By a ticket's secret link
    path("join/<slug:secret>/recording/", recording_views.own_recording, name="own_recording"),
    # By the secret link of an offer, after we cancelled a workshop
    path("rebook/<slug:secret>/", rebooking_views.rebook, name="rebook"),
    # For people who have signed in
    path("bookings/", order_views.bookings, name="bookings"),
    # For Stripe
    path("stripe/webhook/", webhook.stripe_webhook, name="stripe_webhook"),
    path("stripe/webhook", webhook.stripe_webhook, name="stripe_webhook_bare"),  # Stripe takes a redirect for a failure
]
