"""What became of the money, however we hear of it."""
