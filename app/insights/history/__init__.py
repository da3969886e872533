"""History: samples of past ticks, their roll-ups by minute and hour, and what is read from them."""
