"""What an order costs: ticket prices, codes, group price, VAT."""
