"""Hold the places and freeze the price, ask Stripe for a page to pay on, confirm, release."""
