"""How all tests run. Knows no test."""

import hypothesis

# On a busy machine any example may take long; how long a test may take is no property of it.
hypothesis.settings.register_profile("qwq", deadline=None)
hypothesis.settings.load_profile("qwq")
