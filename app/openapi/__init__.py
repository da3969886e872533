"""The API's description: OpenAPI 3.1 made from routes and schemas, and the page that shows it."""
