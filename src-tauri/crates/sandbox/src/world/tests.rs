//! The world by itself, without a server.
