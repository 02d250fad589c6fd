"""Model folders: saved whole or not at all, and read only when nothing in them could do harm."""
