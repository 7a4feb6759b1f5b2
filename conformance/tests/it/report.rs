//! Reports: each of them of a run against the mock with every kind of verdict, and none with a token.

mod files;
mod formats;
mod lines;
mod sample;
mod tokens;
