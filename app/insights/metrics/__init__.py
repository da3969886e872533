"""What is measured: the registry of built-in metrics, their documentation, and the series of a workspace."""
