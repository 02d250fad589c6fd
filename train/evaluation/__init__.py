"""How well a model does: scores, tables, pictures, predictions kept for comparison."""
