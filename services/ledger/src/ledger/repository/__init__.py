"""How the books lie in MongoDB. Every query names the owner, and every index begins with it."""
