"""Acts of the contests room, one file per kind of thing, each in the order a contest lives through them."""
