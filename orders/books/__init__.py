"""Whether the books add up: every rule that the sale keeps, asked again of the rows and of Stripe."""
