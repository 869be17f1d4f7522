"""Before any test is collected."""

# pytest names test modules by their folders (importlib mode), so `gateway/tests` would make a
# namespace package of the name that the package has.
import gateway  # noqa: F401
