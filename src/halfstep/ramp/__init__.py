"""From orders to break-even: how a maker's output and result go on."""
