"""What a line of a page looks like: one family of quantities a file, cut into the columns of the line model."""
