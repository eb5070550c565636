"""Use cases: functions that take data first and ports by keyword, and do not know who calls them."""
