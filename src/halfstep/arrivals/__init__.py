"""Things that arrive in time: bursts, half-lives, replies that bring replies."""
