"""What people say: who is spoken of, about what, for or against, when; every share corrected by posts that people read."""
