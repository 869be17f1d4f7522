"""The JSON shapes of the API, and their way to and from the services' messages."""
