"""Pure arrays in, frozen records out."""
