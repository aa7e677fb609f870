//! The roster (名册).
