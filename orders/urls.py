from kit.pages.paths import page

app_name = "orders"
urlpatterns = [
    page("book/series/<slug:slug>/", "orders.booking.booking_views.book_series", name="book_series"),
    page("book/<slug:slug>/", "orders.booking.booking_views.book", name="book"),
    # By an order's secret link
    page("orders/<slug:secret>/", "orders.pages.order_views.order", name="order"),
    page("orders/<slug:secret>/confirm/<slug:proof>/", "orders.booking.address_views.confirm", name="confirm_address"),
    page("orders/<slug:secret>/pay/", "orders.pages.order_views.pay", name="pay"),
    page("orders/<slug:secret>/return/", "orders.pages.order_views.payment_return", name="payment_return"),
    page("orders/<slug:secret>/give-back/", "orders.pages.order_views.give_back", name="give_back"),
    page("orders/<slug:secret>/places/<int:pk>/cancel/", "orders.pages.place_views.cancel_place", name="cancel_place"),
    page("orders/<slug:secret>/places/<int:pk>/move/", "orders.pages.move_views.move_place", name="move_place"),
    page("orders/<slug:secret>/places/<int:pk>/hand-over/", "orders.pages.place_views.hand_over", name="hand_over"),
    page("orders/<slug:secret>/places/<int:pk>/send-again/", "orders.pages.place_views.send_again", name="send_again"),
    page("orders/<slug:secret>/places/<int:pk>/recording/", "orders.pages.recording_views.recording", name="recording"),
    page(
        "orders/<slug:secret>/receipt/",
        "orders.pages.document_views.order_document",
        {"kind": "receipt"},
        name="order_receipt",
    ),
    page(
        "orders/<slug:secret>/invoice/",
        "orders.pages.document_views.order_document",
        {"kind": "invoice"},
        name="order_invoice",
    ),
    # By a document's secret link
    page("documents/<slug:secret>/", "orders.pages.document_views.document", name="document"),
    page("documents/<slug:secret>/pdf/", "orders.pages.document_views.document_pdf", name="document_pdf"),
    # By a ticket's secret link
    page("join/<slug:secret>/recording/", "orders.pages.recording_views.own_recording", name="own_recording"),
    # By the secret link of an offer, after we cancelled a workshop
    page("rebook/<slug:secret>/", "orders.pages.rebooking_views.rebook", name="rebook"),
    # For people who have signed in
    page("bookings/", "orders.pages.order_views.bookings", name="bookings"),
    # For Stripe
    page("stripe/webhook/", "orders.settling.webhook.stripe_webhook", name="stripe_webhook"),
    # Stripe takes a redirect for a failure
    page("stripe/webhook", "orders.settling.webhook.stripe_webhook", name="stripe_webhook_bare"),
]
