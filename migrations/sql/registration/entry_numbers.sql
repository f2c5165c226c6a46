-- Whoever looks for their own rank knows their number, not the item's id.
CREATE INDEX entry_number ON entry (number) WHERE state = 'accepted';
