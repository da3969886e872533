"""HTTP plumbing that every route shares: parsing, responses, headers, limits, the OpenAPI decorator."""
