"""Gunicorn's configuration of a site that waits for Stripe as long as a test takes."""


def post_worker_init(worker):
    from orders import stripe_api
    from practice_site import middleware

    stripe_api.READ_SECONDS = middleware.PATIENT_FOR = 60
