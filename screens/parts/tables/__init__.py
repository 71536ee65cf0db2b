"""Rows of the tables, a module for each page whose tables are many."""
