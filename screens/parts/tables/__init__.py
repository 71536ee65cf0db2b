"""Results as rows of text, one module for each piece of the core."""
