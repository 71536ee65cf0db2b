"""Customer satisfaction index models: what leads to satisfaction and what it leads to, estimated by partial least squares; the index."""

from gaps.indices.models import ACSI, ECSI, MODELS, SCSB, CausalModel, Construct, Indicator
from gaps.indices.path_model import PathModelFit, path_model
from gaps.indices.satisfaction_index import index_weights, satisfaction_index

__all__ = [
    "ACSI",
    "ECSI",
    "MODELS",
    "SCSB",
    "CausalModel",
    "Construct",
    "Indicator",
    "PathModelFit",
    "index_weights",
    "path_model",
    "satisfaction_index",
]
