"""Conformance suites: what an implementation of one of our interfaces must do, as pytest tests.

A suite is a module of tests that ask for one fixture. Whoever writes a new implementation defines the fixture
and imports the tests:

    import pytest
    from runfold.testing.artifact_stores import *

    @pytest.fixture
    def artifact_store(tmp_path):
        return MyStore(tmp_path)
"""
