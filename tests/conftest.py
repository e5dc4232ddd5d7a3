"""For every test in Python."""
import pytest

SKIPPED = 77  # SKIP_RETURN_CODE of ctest: see support/skip.h


def pytest_sessionfinish(session, exitstatus):
    """Tests that were skipped passed for passed, file by file and in silence."""
    skipped = session.config.pluginmanager.get_plugin("terminalreporter").stats.get("skipped")
    if exitstatus == pytest.ExitCode.OK and skipped:
        session.exitstatus = SKIPPED
