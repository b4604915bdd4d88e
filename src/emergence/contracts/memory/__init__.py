"""What memory promises: what was said in any thread, found again with its source.

`turns` holds what is kept, `recall` what agents ask and are told, `client` how services ask, `problems` the errors.
"""

import emergence.contracts.memory.problems  # noqa: F401 - answers name errors by code: whoever loads any part knows them
