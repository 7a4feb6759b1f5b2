//! The program's command line, from its first line to its exit code.

mod data;
mod flags;
mod mistakes;
mod stop;
