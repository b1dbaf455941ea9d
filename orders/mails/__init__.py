"""The mails around an order, each written in the transaction of what it tells of, each with a key of its own."""
