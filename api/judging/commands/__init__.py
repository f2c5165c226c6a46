"""The acts of judging, in the order a contest lives through them."""
