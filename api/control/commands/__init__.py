"""What the chief judge and those who check do, an act to a file."""
