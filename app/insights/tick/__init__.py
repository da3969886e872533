"""The tick: one worker computes each workspace's figures, for its streams and for history."""
