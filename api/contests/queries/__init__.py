"""Questions of the contests room, one file per kind of thing, cut to what the reader may see."""
