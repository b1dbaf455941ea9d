"""The demo's words, in the shapes that stand beside them. Everything and everyone named is invented, except the works
cited and the crisis lines."""
