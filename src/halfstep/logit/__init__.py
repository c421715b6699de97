"""Choices between listed alternatives, on arrays: tasks in, frozen fits out; design and power of such experiments."""
