//! A fresh database of either kind for a test.
