"""The records that every room shares. Nothing here computes an estimate, opens a file or words a sentence."""
