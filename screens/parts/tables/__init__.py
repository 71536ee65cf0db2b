"""Results as rows of short tables, a module for each piece."""
