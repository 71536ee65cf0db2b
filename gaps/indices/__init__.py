"""Customer satisfaction index models: what leads to satisfaction and what it leads to, estimated by partial least squares; the index."""
