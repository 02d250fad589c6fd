"""Vietnamese words: which syllables belong together, as underthesea cuts them."""
