"""Questions of judging, cut to what the actor may see. Whatever a judge may read is nameless (DESIGN 3.5, 3.13)."""
