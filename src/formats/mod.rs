//! Files that carry text: what of them is to be restored, and how it goes back.

mod delimited;
mod json_lines;
pub mod records;
