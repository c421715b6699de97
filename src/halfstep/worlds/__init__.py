"""Simulated cases with known answers. They import no room, so that a room cannot grade itself."""
