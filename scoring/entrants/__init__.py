"""Who stands behind an entry, as far as places and awards ask."""
