"""What the system costs beside the bare thing that it is built from."""
