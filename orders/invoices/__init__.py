"""Organisations that book by invoice and pay by transfer."""
