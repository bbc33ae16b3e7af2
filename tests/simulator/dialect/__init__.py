"""The dialect, held to recordings of the real engine."""
