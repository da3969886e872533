"""What changed: the difference between a range and the one it is compared with, in parts and in words."""
