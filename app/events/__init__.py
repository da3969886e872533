"""Reading events back: pages of the log, exports, the types there are."""
