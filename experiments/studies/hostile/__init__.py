"""Studies of what is meant to harm."""
