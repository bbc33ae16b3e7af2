"""What running code stands in: scopes, frames, streams, pipelines, and how commands are bound and run."""
