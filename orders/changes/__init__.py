"""What happens to a place after it was sold: cancelled, refunded, handed over, moved, or offered anew."""
