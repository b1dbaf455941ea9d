"""What a buyer sees of an order and does there, by the secret link of the order."""
