"""What several of these tests look at."""

import pandas as pd
import pytest

from tests.oracles.methods import figures


@pytest.fixture(scope="session")
def mobi(shared) -> pd.DataFrame:
    """250 customers of mobile phone companies on the 24 questions of ECSI, 1 to 10."""
    return pd.read_csv(shared / "data" / "mobi" / "mobi.csv").astype(float)


@pytest.fixture(scope="session")
def published(shared) -> dict[str, dict]:
    """The reference figures by entry."""
    return figures(shared)
