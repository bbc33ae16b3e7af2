"""Tests of the checks, one module each."""
