"""The assessment plan as a document: its nodes, what they make of their parts, and whether the whole makes sense."""
