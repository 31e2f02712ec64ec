"""Tests of the simulation itself: what it draws is what it says."""
