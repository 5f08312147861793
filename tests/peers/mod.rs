//! The other ends of the wire: stand-ins for services that a test can't have for real.

pub mod telegram;
