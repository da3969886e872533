"""docs/metrics.md is what the registry says."""

from app.insights.metrics.metric_docs import document


def test_the_document_is_made_from_the_registry(root):
    assert (root / "docs" / "metrics.md").read_text() == document()
