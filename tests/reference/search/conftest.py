import pytest

from engine.reference.catalog import Tables
from engine.reference.search.search import CodeSearch


@pytest.fixture(scope="session")
def tables():
    return Tables.load()


@pytest.fixture(scope="session")
def index_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("search")


@pytest.fixture(scope="session")
def search(tables, index_folder):
    return CodeSearch(tables, "icd10cm", index_folder)
