"""The choice room: tastes from designed experiments."""
