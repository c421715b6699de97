"""Tastes from market shares: Berry's inversion, instruments, two-stage least squares."""
