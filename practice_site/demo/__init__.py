"""The demo's words made into rows. What exists is left as it is, so that a second run changes nothing."""
