"""Words of lines: those that the model knows, those of grammar, and those that lines share."""
