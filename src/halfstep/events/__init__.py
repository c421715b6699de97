"""What an event cost, or why that cannot be told: shocks, placebos, rival explanations, a reference class."""
