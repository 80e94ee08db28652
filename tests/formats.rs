//! Files with text in them, restored in place.
