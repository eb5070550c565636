"""One walk through the table of rights in docs/security.md, by every role and every way."""

import pytest

pytest.register_assert_rewrite(*(f"{__name__}.{module}" for module in ("addresses", "screens", "stored", "use_cases")))
