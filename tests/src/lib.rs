//! Holds nothing: the tests of behaviour across crates are under `tests/`.
