"""What auth promises: accounts, login sessions, tokens and one-time tickets.

`signing_in`, `providers`, `account` and `administration` hold what is asked and answered, `problems`,
`personal_problems` and `provider_problems` the errors, `events` what others hear of, `client` how they
ask, `values` what these files share.
"""

# Answers name errors by code: whoever loads any part knows them all.
import emergence.contracts.auth.personal_problems
import emergence.contracts.auth.problems
import emergence.contracts.auth.provider_problems  # noqa: F401
