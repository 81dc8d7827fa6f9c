"""The Elasticsearch engine: the same plans as the embedded one, for a site that has a cluster."""

from app.search.elastic.engine import ElasticEngine

__all__ = ["ElasticEngine"]
